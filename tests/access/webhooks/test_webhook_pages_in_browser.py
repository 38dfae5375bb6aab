"""Send a test event from the page of an endpoint, read its result, and resend it."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import StaffFactory, WebhookEndpointFactory
from tests.support.axe import violations
from tests.support.browser import log_in
from tests.support.webhook_delivery import FAIL, turn
from tests.support.webhook_receiver import Receiver


@pytest.mark.parametrize("scripts", [True, False])
def test_result_of_a_test_event_is_seen_and_resent(open_page, greenroom, settings, scripts):
    settings.WEBHOOK_ALLOW = [ip_network("127.0.0.0/8")]
    page = open_page(java_script_enabled=scripts, reduced_motion="reduce")
    log_in(page, greenroom, StaffFactory())
    with Receiver(FAIL) as receiver:
        endpoint = WebhookEndpointFactory(url=receiver.url())
        page.goto(f"{greenroom.url}/webhooks")
        page.get_by_role("link", name=endpoint.url).click()
        page.get_by_role("button", name="Send a test event").click()
        expect(page.get_by_text("Test event queued.")).to_be_visible()
        assert not scripts or not violations(page)

        turn(endpoint, timezone.now())
        reload_without(scripts, page)
        expect(page.locator("#test")).to_contain_text("Answered 500.")
        expect(page.locator("#test")).to_contain_text("out of order")

        page.get_by_role("link", name="See delivery").click()
        page.get_by_role("button", name="Give up").click()
        page.get_by_role("button", name="Resend").click()
        expect(page.get_by_text("The delivery is queued again.")).to_be_visible()
        turn(endpoint, timezone.now() + timedelta(minutes=2))
        reload_without(scripts, page)
        expect(page.get_by_text("Answered 200.")).to_be_visible()
        expect(page.get_by_text("Answered 500.")).to_be_visible()
        assert not scripts or not violations(page)

    bodies = receiver.bodies()
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


def reload_without(scripts, page):
    """Reload the page by its link, unless a script refreshes it."""
    if not scripts:
        page.get_by_role("link", name="Reload").click()
