"""Create a token, copy its command, call the API with it, and revoke it."""

import json
import shlex
import subprocess

import pytest
from playwright.sync_api import expect

from access.models import ApiToken
from tests.factories import RoomFactory, StaffFactory
from tests.support.axe import violations
from tests.support.browser import log_in


@pytest.mark.parametrize("scripts", [True, False])
def test_copied_command_works_until_the_token_is_revoked(open_page, greenroom, scripts):
    RoomFactory(name="lobby")
    page = open_page(java_script_enabled=scripts, reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    page.goto(f"{greenroom.url}/tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name", exact=True).fill("Booking system")
    page.get_by_label("Expires", exact=True).select_option("In 30 days")
    page.get_by_role("button", name="Create token").click()

    commands = [command(page, name, scripts) for name in ("Basic authentication", "Bearer token")]
    assert not scripts or not violations(page)
    assert [answer_to(text) for text in commands] == ["lobby", "lobby"]
    page.reload()
    expect(page.get_by_text("A token is shown only once")).to_be_visible()
    expect(page.get_by_text("from 127.0.0.1")).to_be_visible()

    page.get_by_role("button", name="Revoke…").click()
    page.get_by_role("button", name="Revoke token").click()
    expect(page.get_by_text("Each request with this token now gets 401.")).to_be_visible()
    assert [answer_to(text) for text in commands] == ["Unauthorized", "Unauthorized"]
    assert ApiToken.objects.count() == 1


def command(page, name, scripts):
    """Return the command as the button copies it, or as the page shows it without scripts."""
    shown = page.get_by_label(name, exact=True).and_(page.locator("code"))
    if not scripts:
        return shown.inner_text()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator(".copied").filter(has_text=name).get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    return page.evaluate("navigator.clipboard.readText()")


def answer_to(text):
    """Run a command, and return the name of the first room, or the error."""
    found = subprocess.run(
        [*shlex.split(text), "-s"], capture_output=True, check=True, text=True, timeout=30
    )
    body = json.loads(found.stdout)
    return body.get("error") or body["data"][0]["name"]
