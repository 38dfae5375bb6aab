"""A staff user in a real browser: each click, key and entry counts as an action."""

from tests.support.browser import log_in, press


class Worker:
    """A person with a page; `actions` is the number of clicks, keys and entries so far."""

    def __init__(self, page, server, person):
        log_in(page, server, person)
        self.page, self.server, self.actions = page, server, 0

    def go(self, path):
        """Open a page by its address: this is the start of a task and no action."""
        self.page.goto(f"{self.server.url}{path}")

    def click(self, role, name, **options):
        self.actions += 1
        self.page.get_by_role(role, name=name, **options).first.click()

    def fill(self, label, text, **options):
        self.actions += 1
        self.page.get_by_label(label, **options).first.fill(text)

    def choose(self, label, text):
        self.actions += 1
        self.page.get_by_label(label).first.select_option(text)

    def press(self, key):
        self.actions += 1
        press(self.page, key)

    def send(self, label, name, text):
        """Choose a file."""
        self.actions += 1
        file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        self.page.get_by_label(label).set_input_files(file)
