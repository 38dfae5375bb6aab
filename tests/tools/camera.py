"""A browser that takes screenshots of pages in one look."""

from pathlib import Path

from tests.support import browser

HEIGHT = 900


class Camera:
    """A browser with one look: a width and a colour scheme."""

    def __init__(self, chromium, server, look, folder):
        width, scheme = look
        self.server, self.folder = server, Path(folder) / f"{width}-{scheme}"
        self.context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            timezone_id="Europe/Berlin",
        )
        zone = {"name": "zone", "value": "Europe/Berlin", "url": server.url}
        self.context.add_cookies([zone])
        self.page = self.context.new_page()

    def sign_in(self, person):
        browser.log_in(self.page, self.server, person)

    def close(self):
        self.context.close()

    def go(self, url):
        self.page.goto(f"{self.server.url}{url}")

    def shoot(self, name, url):
        self.go(url)
        self._save(name)

    def shoot_state(self, name, reach):
        reach(self)
        self._save(f"state-{name}")

    def _save(self, name):
        self.folder.mkdir(parents=True, exist_ok=True)
        # One picture of the whole page, and one of the first screen.
        self._write(name, full_page=True)
        if name in ("home", "room-page"):
            self._write(f"{name}-top", full_page=False)

    def _write(self, name, full_page):
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path, full_page=full_page, animations="disabled")
