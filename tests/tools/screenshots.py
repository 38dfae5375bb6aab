"""Screenshots of every page and of form results: light and dark, desktop and phone.

./run screenshots [FOLDER]
"""

import os
import sys
from itertools import product
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright keeps an event loop in this thread, beside which Django refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from django.conf import settings  # noqa: E402  (models need the set-up)
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from rooms.changes import change_room, create_room  # noqa: E402
from rooms.models import Room  # noqa: E402
from sessions.demo import rooms  # noqa: E402
from tests.factories import TESTS, ProjectFactory, StaffFactory  # noqa: E402
from tests.support import browser  # noqa: E402
from tests.support.page_catalogue import address, one_of_everything, pages  # noqa: E402
from tests.support.server import start_server  # noqa: E402

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
HEIGHT = 900
MANY = "Many rooms"
WORDS = "Ward 3 · Follow-up after discharge"
CSV = b"name,max_members\r\nroom-001,30\r\nroom-002,301\r\nroom-003,\r\nroom-004,40\r\n"


def take(folder):
    """Write all pictures into `folder`, with a subfolder for each look."""
    person = StaffFactory(username="marta.lindqvist")
    # Created before the demo, so that the demo's rooms are newer and listed first.
    many = ProjectFactory(name=MANY)
    for number in range(300):
        create_room(many.pk, {"name": f"room-{number:03}"}, by=TESTS)
    rooms.make_rooms(timezone.now())
    rows = one_of_everything(WORDS, owner=person)
    urls = _html_pages(person, rows)
    with start_server(server_environment()) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(playwright), args=browser.SWITCHES
        )
        for width, scheme in product(WIDTHS, SCHEMES):
            camera = Camera(chromium, server, person, (width, scheme), folder)
            for name, url in urls.items():
                camera.shoot(name, url)
            for name, reach in STATES.items():
                camera.shoot_state(name, reach)
        chromium.close()


def server_environment():
    return {
        "GREENROOM_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "WORKERS": "1",
    }


def _html_pages(person, rows):
    """Return {name: URL} of all HTML pages."""
    client, found = Client(SERVER_NAME="127.0.0.1"), {}
    client.force_login(person)
    for page in pages():
        url = address(page, rows)
        answer = client.get(url)
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            found[page[0].replace(":", "-")] = url
    return found


class Camera:
    """A signed-in browser with one look: a width and a colour scheme."""

    def __init__(self, chromium, server, person, look, folder):
        width, scheme = look
        self.server, self.folder = server, Path(folder) / f"{width}-{scheme}"
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            timezone_id="Europe/Berlin",
        )
        self.page = context.new_page()
        browser.log_in(self.page, server, person)
        zone = {"name": "zone", "value": "Europe/Berlin", "url": server.url}
        context.add_cookies([zone])

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
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=True)
        if name in ("home", "room-page"):
            self.page.screenshot(path=self.folder / f"{name}-top.png")


def form_with_errors(camera):
    camera.go(f"/rooms/{_room().pk}")
    camera.page.get_by_label("Capacity").fill("0")
    camera.page.get_by_label("Closes").fill("2027-03-28T02:30:00")
    camera.page.get_by_role("button", name="Save").click()
    camera.page.locator("#summary").wait_for()


def conflict(camera):
    room = _room()
    camera.go(f"/rooms/{room.pk}")
    camera.page.get_by_label("Capacity").fill("41")
    change_room(Room.objects, room.pk, {"max_members": room.max_members % 30 + 1}, by=TESTS)
    camera.page.get_by_role("button", name="Save").click()
    camera.page.get_by_label("Theirs").wait_for()


def bulk_preview(camera):
    camera.go(f"/bulk?ids={_room('room-010').pk}&ids={_room('room-011').pk}")
    camera.page.get_by_label("Capacity", exact=True).fill("33")
    camera.page.get_by_role("button", name="Preview").click()
    camera.page.get_by_text("Capacity becomes 33.").wait_for()


def preview_with_refused(camera):
    camera.go("/import")
    camera.page.locator("select[name=project]").select_option(label=MANY)
    file = {"name": "rooms.csv", "mimeType": "text/csv", "buffer": CSV}
    camera.page.get_by_label("CSV file").set_input_files(file)
    camera.page.get_by_role("button", name="Preview").click()
    camera.page.get_by_role("heading", name="Can't be changed 2").wait_for()


def empty_list(camera):
    camera.go("/?search=nothing+of+that+name")


STATES = {
    "form-with-errors": form_with_errors,
    "conflict": conflict,
    "bulk-preview": bulk_preview,
    "preview-with-refused": preview_with_refused,
    "empty-list": empty_list,
}


def _room(name="room-000"):
    return Room.objects.get(name=name)


if __name__ == "__main__":
    take(sys.argv[1])
