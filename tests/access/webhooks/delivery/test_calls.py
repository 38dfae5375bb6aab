"""One webhook call to a real server that fails, hangs, redirects or sends invalid responses."""

import time

import pytest

from access.webhooks.client import WebhookClient
from access.webhooks.responses import ANSWER_BYTES, HEAD_BYTES, KEPT_CHARACTERS
from tests.support.webhook_calls import LATE, OK, post
from tests.support.webhook_receiver import Receiver, answer, drip, flood, hang, sending


def test_call_sends_the_body_and_the_headers():
    with Receiver() as receiver:
        outcome = post(receiver, path="/hook?token=1")

    (message,) = receiver.messages
    assert outcome.delivered
    assert (outcome.status, outcome.answer, outcome.sentence) == (200, "thanks", "Answered 200.")
    assert message.target == "/hook?token=1"
    assert message.body == b'{"a":1}'
    assert message.headers["content-type"] == "application/json"
    assert message.headers["webhook-id"] == "7"
    assert message.headers["user-agent"] == "Greenroom-Webhooks"
    assert message.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status):
    with Receiver(answer(status, b"")) as receiver:
        assert post(receiver).delivered


@pytest.mark.parametrize("status", [101, 300, 304, 400, 401, 404, 408, 410, 429, 500, 503, 599])
def test_other_statuses_are_not_delivered(status):
    with Receiver(answer(status)) as receiver:
        outcome = post(receiver)

    assert not outcome.delivered
    assert outcome.status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    with Receiver() as elsewhere, Receiver(answer(status, Location=elsewhere.url())) as receiver:
        outcome = post(receiver)

    assert not outcome.delivered
    assert "not followed" in outcome.sentence
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "behaviour",
    [
        hang,
        drip(b"HTTP/1.1 200 O"),
        drip(OK + b"X-Slow: "),
        drip(OK + b"Content-Length: 100000\r\n\r\n"),
        drip(OK + b"\r\n"),
        drip(b"HTTP/1.1 100 Continue\r\n" * 3),
        # Announces a longer body than it sends, and keeps the connection open.
        lambda connection, receiver: [
            connection.sendall(OK + b"Content-Length: 100\r\n\r\nthanks"),
            hang(connection, receiver),
        ],
    ],
    ids=["hangs", "drips status", "drips header", "drips body", "endless", "continues", "short"],
)
def test_call_ends_in_time_with_any_receiver(behaviour):
    with Receiver(behaviour) as receiver:
        began = time.monotonic()
        outcome = post(receiver, caller=WebhookClient(seconds=0.3))

    assert not outcome.delivered
    assert outcome.sentence == LATE
    assert outcome.milliseconds >= 290
    # Far less than this receiver would need.
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00\x01\x02\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 OK 200\r\n\r\n",
        b"HTTP/1.1 200",
        OK,
        OK + b"Content-Length: 100\r\n\r\nthanks",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nth",
        OK + b"Transfer-Encoding: chunked\r\n\r\nnumber\r\n",
        OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X: x\r\n" * (HEAD_BYTES // 6) + b"\r\n",
    ],
    ids=lambda text: repr(text[:60]),
)
def test_incomplete_or_invalid_response_is_not_delivered(text):
    with Receiver(sending(text)) as receiver:
        outcome = post(receiver)

    assert not outcome.delivered
    assert outcome.status is None
    assert outcome.sentence.startswith(("No complete response", "No connection"))


def test_body_is_read_up_to_its_content_length():
    with Receiver(sending(OK + b"Content-Length: 6\r\n\r\nthanks, and more")) as receiver:
        outcome = post(receiver)

    assert outcome.delivered
    assert outcome.answer == "thanks"


def test_endless_response_is_read_up_to_a_limit():
    with Receiver(flood) as receiver:
        outcome = post(receiver)

    assert outcome.delivered
    assert outcome.answer == "x" * KEPT_CHARACTERS
    assert KEPT_CHARACTERS < ANSWER_BYTES


def test_response_is_stored_as_text_that_any_database_accepts():
    with Receiver(answer(500, b"a\x00b\xff\xed\xa0\x80")) as receiver:
        outcome = post(receiver)

    assert "\0" not in outcome.answer
    assert outcome.answer.startswith("a\N{REPLACEMENT CHARACTER}b")
    outcome.answer.encode()


def test_refused_connection_is_reported():
    with Receiver() as receiver:
        pass

    assert post(receiver).sentence == "No connection: Connection refused."


def test_unknown_host_name_is_reported():
    def resolve(name):
        raise OSError(-2, "Name or service not known")

    outcome = WebhookClient(resolve=resolve).post("https://nowhere.example/", b"", {})

    assert outcome.sentence == "No connection: Name or service not known."


def test_next_address_is_tried_after_a_refused_connection():
    addresses = ["127.0.0.2", "127.0.0.1"]
    with Receiver() as receiver:
        outcome = post(
            receiver, caller=WebhookClient(resolve=lambda _: addresses), host="two.example"
        )

    assert outcome.delivered


def test_proxies_from_the_environment_are_not_used(monkeypatch):
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
            monkeypatch.setenv(name.upper(), proxy.url())
        outcome = post(receiver)

    assert outcome.delivered
    assert proxy.connections == 0
