"""Faults that users of similar systems reported, as requests; each file entry names its rule.

A step has a request and what is expected of its response: `status`, values by a dotted path in
`json`, the `count` of rows, a key that it `has`, the `content_type`. It may `keep` values for
later steps.
"""

import json
import uuid
from functools import reduce
from pathlib import Path

import pytest

from tests.factories import RoomFactory, StaffFactory, TokenFactory
from tests.support.api import ROOMS_URL, client_of

FILE = Path(__file__).parent.parent / "support" / "data" / "reported_faults.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))
API = ROOMS_URL.removesuffix("/rooms")


class Play:
    """Sends the steps of one case; `values` fill the placeholders of the following steps."""

    def __init__(self, staff_client):
        token = TokenFactory()
        room = RoomFactory(project=token.project, max_members=20)
        self.api, self.staff = client_of(token), staff_client
        self.values = {
            "{room}": str(room.pk),
            "{room_name}": room.name,
            "{etag}": f'"{room.version}"',
            "{uuid}": str(uuid.uuid4()),
            "{uuid8}": uuid.uuid4().hex[:8],
        }

    def do(self, step):
        step = self._filled(step)
        response = self._send(step)
        for name, path in step.get("keep", {}).items():
            self.values[f"{{{name}}}"] = str(at(response.json(), path))
        return response, step["expected"]

    def _filled(self, part):
        if isinstance(part, dict):
            return {key: self._filled(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._filled(value) for value in part]
        if isinstance(part, str):
            return reduce(lambda text, pair: text.replace(*pair), self.values.items(), part)
        return part

    def _send(self, step):
        if step.get("page"):
            return self.staff.generic(step["method"], step["path"])
        headers = dict(step.get("headers", {}))
        kind = headers.pop("Content-Type", "application/json")
        body = step.get("body", "")
        text = body if isinstance(body, str) else json.dumps(body)
        return self.api.generic(step["method"], API + step["path"], text, kind, headers=headers)


@pytest.fixture
def play(db, client):
    client.force_login(StaffFactory(is_superuser=True))
    return Play(client)


def at(value, path):
    """Return the value at a dotted path, in which numbers are positions of a list."""
    for part in path.split("."):
        value = value[int(part) if part.isdigit() else part]
    return value


def assert_expected(response, expected):
    statuses = expected["status"]
    text = response.getvalue()
    assert response.status_code in (statuses if isinstance(statuses, list) else [statuses]), text
    if expected.get("has"):
        assert expected["has"] in response.json()
    if "count" in expected:
        assert len(response.json()["data"]) == expected["count"]
    if "content_type" in expected:
        assert response["Content-Type"].partition(";")[0] == expected["content_type"]
    for path, value in expected.get("json", {}).items():
        assert at(response.json(), path) == value


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_reported_fault_is_closed(play, case):
    for step in case["steps"]:
        assert_expected(*play.do(step))
