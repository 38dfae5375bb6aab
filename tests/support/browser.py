"""A real browser: one Chromium for each test process, one fresh profile for each page.

    def test_a_page(open_page, greenroom):
        page = open_page(viewport={"width": 390, "height": 844})
        page.goto(greenroom.url)

A page fails its test when its console shows an error (a violation of the content security
policy is one), when a script throws, or when an answer is a 5xx; `allowed` excuses what the
test provokes on purpose.
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

# Beyond what Playwright turns off itself: nothing may call out, and cameras are made up.
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
# Milliseconds: a condition that is met ends the wait, so only a failing test takes this long.
PATIENCE = 30_000


@pytest.fixture(scope="session")
def browser(django_db_setup):
    """Chromium, started by the first test that asks for it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(playwright), args=SWITCHES)
        # Playwright's blocking calls keep an event loop in this thread from now on, and Django
        # refuses to query beside one. Nothing runs on that loop while a test is at work.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            yield chromium
        finally:
            chromium.close()
            # Beside an event loop, Django keeps other connections than without one: nobody
            # else can close these, and a database in use cannot be dropped.
            connections.close_all()
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser):
    """Open pages, each with a profile (cookies, storage) of its own.

    open_page(allowed=("status of 422",), **options) takes regular expressions that excuse
    faults, and what Playwright's new_context takes: java_script_enabled, color_scheme,
    viewport, locale, timezone_id, reduced_motion …
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
    """One page as most tests need it."""
    return open_page()


def log_in(page, server, user):
    """Give `page` the cookie that `user` would have after logging in on `server`."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": server.url}
    page.context.add_cookies([cookie])


def watch(page, faults, allowed=()):
    """Add to `faults` what goes wrong on `page`, unless one of `allowed` matches it."""
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
    """Return the system's Chromium, else Playwright's; skip the test when there is neither."""
    for candidate in ("chromium", "chromium-browser"):
        if found := shutil.which(candidate):
            return found
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return pytest.skip(NO_CHROMIUM)
