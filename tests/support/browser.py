"""A real browser: one Chromium for each test process, one new profile for each page.

    def test_a_page(open_page, greenroom):
        page = open_page(viewport={"width": 390, "height": 844})
        page.goto(greenroom.url)

A test fails if the console of a page shows an error, such as a violation of the content security
policy, if a script throws, or if a response is a 5xx. `allowed` lists the faults that a test
expects.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import sync_playwright

# In addition to Playwright's own switches: no calls to the Internet, and fake cameras.
SWITCHES = (
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
NO_CHROMIUM = (
    "No Chromium: install Debian's (apt install chromium) or "
    "Playwright's own (.venv/bin/python -m playwright install --with-deps chromium)."
)
NOTHING = r"(?!)"
# In milliseconds. A wait ends when its condition is met, so only a failing test waits so long.
PATIENCE = 30_000


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """Chromium, started for the first test that needs it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(playwright), args=SWITCHES)
        # Playwright's sync API keeps an event loop in this thread, and Django refuses queries
        # beside one. Nothing runs on that loop during a test, so queries are safe.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            yield chromium
        finally:
            chromium.close()
            # Django keeps separate connections beside an event loop; only this code can close them,
            # and an open connection prevents dropping the database.
            connections.close_all()
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser):
    """Open pages, each with its own profile (cookies, storage).

    open_page(allowed=("status of 422",), **options) takes regular expressions of allowed faults,
    and the options of Playwright's new_context: java_script_enabled, color_scheme, viewport,
    locale, timezone_id, reduced_motion …
    """
    contexts, faults = [], []

    def open_one(*, allowed=(), **options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        watch(page, faults, allowed)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(open_page):
    """One page with the default options."""
    return open_page()


def log_in(page, server, user):
    """Give `page` the session cookie of a logged-in `user` on `server`."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": server.url}
    page.context.add_cookies([cookie])


def press(page, key):
    """Press a key when the scripts of the page listen: a field can be filled before that."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def watch(page, faults, allowed=()):
    """Add to `faults` each error on `page` that no pattern in `allowed` matches."""
    excused = re.compile("|".join(allowed) or NOTHING)

    def note(fault):
        if not excused.search(fault):
            faults.append(fault)

    def note_message(message):
        if message.type == "error":
            note(f"console: {message.text} ({message.location['url']})")

    def note_response(response):
        if response.status >= 500:
            note(f"answer: {response.status} of {response.url}")

    page.on("console", note_message)
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("response", note_response)


def executable(playwright):
    """Return the system's Chromium or Playwright's; skip the test if there is neither."""
    for candidate in ("chromium", "chromium-browser"):
        if found := shutil.which(candidate):
            return found
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return pytest.skip(NO_CHROMIUM)
