"""Screenshots of every page and of form results: light and dark, at three widths.

./run screenshots [FOLDER]
python -m tests.tools.screenshots --compare BEFORE AFTER
"""

import os
import sys
import threading
from contextlib import contextmanager
from itertools import product
from types import SimpleNamespace

import django

from tests.tools.frozen import NOW, freeze

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Playwright keeps an event loop in this thread, beside which Django refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
freeze()
django.setup()

from django.conf import settings  # noqa: E402  (models need the set-up)
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.test import Client  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from config.wsgi import application  # noqa: E402
from rooms.changes import change_room, create_room  # noqa: E402
from rooms.models import Room  # noqa: E402
from sessions.demo import rooms  # noqa: E402
from tests.factories import TESTS, ProjectFactory, StaffFactory  # noqa: E402
from tests.support import browser  # noqa: E402
from tests.support.page_catalogue import address, one_of_everything, pages  # noqa: E402
from tests.tools.camera import Camera  # noqa: E402
from tests.tools.picture_comparison import compare  # noqa: E402

WIDTHS = (1280, 768, 390)
SCHEMES = ("light", "dark")
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
    rooms.make_rooms(NOW)
    rows = one_of_everything(WORDS, owner=person)
    urls = _html_pages(person, rows)
    with frozen_server() as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(playwright), args=browser.SWITCHES
        )
        for width, scheme in product(WIDTHS, SCHEMES):
            camera = Camera(chromium, server, (width, scheme), folder)
            camera.shoot("signed-out", "/sign-in")
            camera.sign_in(person)
            for name, url in urls.items():
                camera.shoot(name, url)
            for name, reach in STATES.items():
                camera.shoot_state(name, reach)
            camera.close()
        chromium.close()


@contextmanager
def frozen_server():
    """Serve the application from this process, whose clock stands still."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        """Log nothing: a run makes thousands of requests."""


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


def bulk_form(camera):
    camera.go(f"/bulk?ids={_room('room-010').pk}&ids={_room('room-011').pk}")


def menu(camera):
    camera.go("/import")
    camera.page.locator("details.menu summary").click()


def bulk_preview(camera):
    bulk_form(camera)
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


def not_found(camera):
    camera.go("/no-such-page")


def api_docs(camera):
    camera.go("/api/docs")
    camera.page.locator(".opblock").first.wait_for()


STATES = {
    "not-found": not_found,
    "api-docs": api_docs,
    "form-with-errors": form_with_errors,
    "conflict": conflict,
    "bulk-form": bulk_form,
    "bulk-preview": bulk_preview,
    "menu": menu,
    "preview-with-refused": preview_with_refused,
    "empty-list": empty_list,
}


def _room(name="room-000"):
    return Room.objects.get(name=name)


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        sys.exit("\n".join(compare(*sys.argv[2:])) or None)
    take(sys.argv[1])
