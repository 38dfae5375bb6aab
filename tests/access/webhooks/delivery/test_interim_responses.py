"""Interim responses (1xx) and long headers come before the response that counts."""

import pytest

from access.webhooks.responses import HEAD_BYTES
from tests.support.webhook_calls import OK, post
from tests.support.webhook_receiver import Receiver, sending

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
INTERIM = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "102": b"HTTP/1.1 102 Processing\r\n\r\n",
    "103": HINTS,
    "199": b"HTTP/1.1 199 Anything\r\n\r\n",
    "without a reason": b"HTTP/1.1 103\r\n\r\n",
    "several": b"HTTP/1.1 100 Continue\r\n\r\n" + HINTS * 5 + b"HTTP/1.1 102 Processing\r\n\r\n",
    "with a length": b"HTTP/1.1 103 Early Hints\r\nContent-Length: 100\r\n\r\n",
    "with many headers": b"HTTP/1.1 103 Early Hints\r\n" + b"Link: x\r\n" * 300 + b"\r\n",
}
FINAL = {
    200: b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks",
    503: b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nthanks\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("interim", INTERIM.values(), ids=INTERIM.keys())
def test_interim_responses_are_skipped(interim, status):
    with Receiver(sending(interim + FINAL[status])) as receiver:
        outcome = post(receiver)

    assert (outcome.status, outcome.answer) == (status, "thanks")
    assert receiver.connections == 1


@pytest.mark.parametrize(
    "text",
    [HINTS, HINTS * (HEAD_BYTES // len(HINTS) + 1) + FINAL[200], HINTS + b"thanks\r\n\r\n"],
    ids=["without a final one", "more than the limit", "before another protocol"],
)
def test_interim_responses_alone_are_no_delivery(text):
    with Receiver(sending(text)) as receiver:
        outcome = post(receiver)

    assert outcome.status is None
    assert outcome.sentence.startswith("No complete response")


@pytest.mark.parametrize("lines", [101, 5000])
def test_number_of_header_lines_is_not_limited(lines):
    head = OK + b"X: x\r\n" * lines + b"Content-Length: 6\r\nRetry-After: 7\r\n\r\n"
    with Receiver(sending(head + b"thanks")) as receiver:
        outcome = post(receiver)

    assert outcome.delivered
    assert (outcome.answer, outcome.retry_after) == ("thanks", "7")
