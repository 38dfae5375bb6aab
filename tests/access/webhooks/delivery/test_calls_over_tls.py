"""Webhook calls over TLS: only a certificate of the receiver's name is trusted."""

import socket
import ssl

import pytest

from access.webhooks.client import WebhookClient
from tests.support.webhook_calls import LATE, OK, post
from tests.support.webhook_receiver import CERTIFICATE, Receiver, drip, sending


@pytest.fixture
def trusting():
    """A client that resolves receiver.example and trusts its certificate."""
    context = ssl.create_default_context(cafile=CERTIFICATE)
    return WebhookClient(
        resolve=lambda name: {"receiver.example": ["127.0.0.1"]}[name], tls=context
    )


def test_certificate_is_checked_against_the_host_name(trusting):
    with Receiver(tls=True) as receiver:
        outcome = post(receiver, caller=trusting, host="receiver.example")

    assert outcome.delivered
    assert receiver.names == ["receiver.example"]
    assert receiver.messages[0].headers["host"] == f"receiver.example:{receiver.port}"


def test_certificate_of_another_name_is_refused(trusting):
    caller = WebhookClient(resolve=lambda _: ["127.0.0.1"], tls=trusting.tls)
    with Receiver(tls=True) as receiver:
        outcome = post(receiver, caller=caller, host="other.example")

    assert "CERTIFICATE_VERIFY_FAILED" in outcome.sentence
    assert receiver.messages == []


def test_certificate_of_the_name_is_refused_for_its_address(trusting):
    with Receiver(tls=True) as receiver:
        outcome = post(receiver, caller=trusting)

    assert "CERTIFICATE_VERIFY_FAILED" in outcome.sentence
    assert receiver.messages == []


def test_untrusted_certificate_is_refused(trusting):
    caller = WebhookClient(resolve=trusting.resolve)
    with Receiver(tls=True) as receiver:
        outcome = post(receiver, caller=caller, host="receiver.example")

    assert "CERTIFICATE_VERIFY_FAILED" in outcome.sentence
    assert receiver.messages == []


def test_hanging_handshake_ends_in_time(trusting):
    caller = WebhookClient(resolve=trusting.resolve, tls=trusting.tls, seconds=0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://receiver.example:{silent.getsockname()[1]}/"
        outcome = caller.post(url, b"", {})

    assert outcome.sentence == LATE


def test_connection_closed_under_tls_is_not_delivered(trusting):
    with Receiver(sending(OK + b"Content-Length: 100\r\n\r\nth"), tls=True) as receiver:
        outcome = post(receiver, caller=trusting, host="receiver.example")

    assert not outcome.delivered


def test_slow_response_under_tls_ends_in_time(trusting):
    caller = WebhookClient(resolve=trusting.resolve, tls=trusting.tls, seconds=1)
    with Receiver(drip(OK + b"\r\n"), tls=True) as receiver:
        outcome = post(receiver, caller=caller, host="receiver.example")

    assert outcome.sentence == "No complete response within 1 seconds."
