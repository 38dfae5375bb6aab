"""The rows of bad inputs, and how one is sent and its response checked."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from access.models import ApiToken
from rooms.models import Room
from tests.support import raw_http
from tests.support.api import stored
from tests.support.server import Server

DATA = Path(__file__).parent / "data"
ROWS = [
    row
    for name in ("bad_inputs.json", "more_bad_inputs.json")
    for row in json.loads((DATA / name).read_text())
]
BASE = "/api/video"

# The codes of section 4 of the contract; a row may expect a more specific code.
CODES = {
    "missing_required_parameter",
    "invalid_parameter",
    "invalid_join_until_date",
    "not_unique_within_project",
    "not_a_boolean",
    "not_a_datetime",
    "not_an_integer",
    "not_a_string",
    "not_a_hash",
    "page_token_required",
    "page_token_is_invalid",
    "unknown_parameter",
    # Our own codes, for bulk changes and reverts.
    "not_found",
    "stale",
    "changed_since",
}

# These rows name the general code, but the contract has a more specific one for non-integers.
OTHER_CODE = {"D08": "not_an_integer", "D10": "not_an_integer"}

# The HTTP server refuses these itself, before the application sees a request.
BELOW = {"J30", "J32", "K23"}


@dataclass
class Sent:
    """A row that is ready to be sent."""

    row: dict
    data: bytes
    server: Server
    room: Room
    token: ApiToken

    def answer(self, *statuses):
        """Send the row, check the rules for every response, and return the response."""
        before = stored()
        answer = raw_http.send(self.server, self.data, method=self.row["method"])
        check_form(answer, self.row)
        assert (answer.status if answer else "close") in statuses, answer
        if answer is None or answer.status != 200:
            assert stored() == before
        return answer

    def now(self):
        return drawn(self.server, self.room, self.token).json()


def request_of(row, filler, more):
    """Return the bytes of a row's request: Host comes first, unless the row sets or omits it."""
    headers = {**row["headers"], **more}
    if "Host" not in headers and not row.get("no_host"):
        headers = {"Host": f"{filler.server.host}:{filler.server.port}", **headers}
    lines = [(name, filler.fill(value)) for name, value in raw_http.header_lines(headers)]
    body = raw_http.body_of({**row, "body": filler.fill(row["body"])})
    path = filler.fill(row["path"])
    path = path if "://" in path else BASE + path
    return raw_http.request(row["method"], path, lines, body, row.get("version", "1.1"))


def drawn(server, room, token):
    """Return the room as GET shows it."""
    headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {token.secret}"}
    return raw_http.send(
        server, raw_http.request("GET", f"{BASE}/rooms/{room.pk}", headers, body=None)
    )


def check_form(answer, row):
    """Check that a response is JSON, and has a request id and the headers of its status."""
    if answer is None:
        return
    if row["id"] in BELOW or row.get("below"):
        assert answer.body == b""
        return
    assert answer.headers["x-request-id"]
    if row["method"] != "HEAD" and answer.status != 204:
        assert answer.headers["content-type"].split(";")[0] == "application/json"
        assert isinstance(answer.json(), dict)
    needed = {401: "www-authenticate", 405: "allow", 412: "etag", 429: "retry-after"}
    assert needed.get(answer.status, "date") in answer.headers


def statuses(row):
    return [row["expected_status"], *row.get("also_ok", [])]


def check_faults(answer, row):
    """Check that a 422 names the row's attribute, and its code if the contract defines it."""
    errors = [(error["attribute"], error["code"]) for error in answer.json()["errors"]]
    assert {code for _, code in errors} <= CODES
    code = OTHER_CODE.get(row["id"], row.get("error_code"))
    if "error_attribute" in row:
        assert row["error_attribute"] in [attribute for attribute, _ in errors]
    if "error_attribute" in row and code in CODES:
        assert (row["error_attribute"], code) in errors
    if "error_attributes" in row:
        assert sorted(attribute for attribute, _ in errors) == sorted(row["error_attributes"])


def expected_of(row):
    return json.loads(raw_http.body_of(row)) if row["stored"] == "as sent" else row["stored"]


def rows(*kinds):
    chosen = [row for row in ROWS if row["kind"] in kinds and row["id"] != "M23"]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: row["id"])
