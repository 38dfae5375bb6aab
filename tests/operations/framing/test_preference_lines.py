"""Preferences in several header lines, which the server reads as one list (RFC 7240, section 2)."""

import pytest

from tests.support.api import nothing_changes, room_url
from tests.support.framing import FIVE, json_headers
from tests.support.raw_http import request, send


@pytest.fixture
def put_with(greenroom, room, token):
    def put_with(*lines):
        headers = [*json_headers(token).items(), *(("Prefer", line) for line in lines)]
        return send(greenroom, request("PUT", room_url(room), headers, FIVE))

    return put_with


@pytest.mark.parametrize(
    "lines", [("wait=5", "dry-run"), ("dry-run", "handling=strict"), ("", "Dry-Run=")]
)
def test_dry_run_in_one_of_several_lines_writes_nothing(put_with, lines):
    with nothing_changes():
        answer = put_with(*lines)

    assert answer.status == 200
    assert answer.json()["dry_run"]["changes"]


@pytest.mark.parametrize(
    "lines",
    [("handling=strict", "dry-run=true"), ("dry-run=1", "dry-run"), ("dry-r\xfcn",)],
)
def test_unreadable_dry_run_in_one_of_several_lines_is_refused(put_with, lines):
    with nothing_changes():
        answer = put_with(*lines)

    assert answer.status == 422
    assert answer.json()["errors"][0]["attribute"] == "Prefer"
