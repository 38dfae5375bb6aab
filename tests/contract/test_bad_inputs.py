"""Every row of data/*.json, sent byte by byte to the live server: hostile, tricky or valid
requests.

Each row names the expected status, the changed fields and the stored values. bad_inputs.json was
given to us; more_bad_inputs.json is our own.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.models import ApiToken, Project
from rooms.changes import change_chunk, change_room, delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    TESTS,
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support import raw_http
from tests.support.api import basic, nothing_changes, stored
from tests.support.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)

DATA = Path(__file__).parent.parent / "support" / "data"
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


class Filler:
    """Replaces {room}, {token}, … in a row, and creates only the objects that the row needs."""

    def __init__(self, server, room, token):
        self.server, self.stored_room, self.stored_token = server, room, token

    def fill(self, text):
        return re.sub(r"\{([a-z_]+)\}", self._value, text)

    def _value(self, match):
        make = getattr(self, f"fill_{match[1]}", None)
        return make() if make else match[0]

    def fill_room(self):
        return str(self.stored_room.pk)

    def fill_room_upper(self):
        return str(self.stored_room.pk).upper()

    def fill_room_hex(self):
        return self.stored_room.pk.hex

    def fill_room_name(self):
        return self.stored_room.name

    def fill_room_representation(self):
        return drawn(self.server, self.stored_room, self.stored_token).body.decode()

    def fill_etag(self):
        return f'"{self.stored_room.version}"'

    def fill_stale(self):
        stale = self.fill_etag()
        change(self.stored_room, max_members=299)
        return stale

    def fill_token(self):
        return self.stored_token.secret

    def fill_project(self):
        return str(self.stored_room.project_id)

    def fill_basic(self):
        return basic(self.stored_room.project_id, self.stored_token.secret).split()[1]

    def fill_basic_wrong_project(self):
        return basic(ProjectFactory().pk, self.stored_token.secret).split()[1]

    def fill_basic_nul(self):
        return base64.b64encode(f"a\0b:{self.stored_token.secret}".encode()).decode()

    def fill_other_room(self):
        return str(RoomFactory().pk)

    def fill_creation(self):
        return str(RoomChange.objects.get(room_id=self.stored_room.pk, version=1).pk)

    def fill_change(self):
        change(self.stored_room, max_members=7)
        return self._last_change(self.stored_room)

    def fill_overtaken(self):
        overtaken = self.fill_change()
        change(self.stored_room, max_members=8)
        return overtaken

    def fill_other_change(self):
        return self._last_change(RoomFactory(project=self.stored_room.project))

    def fill_bulk(self):
        bulk_id, edits = uuid7(), {self.stored_room.pk: {"max_members": 7}}
        change_chunk(Room.objects, edits, by=TESTS, bulk_id=bulk_id)
        return str(bulk_id)

    def fill_webhook(self):
        return str(WebhookEndpointFactory(project=self.stored_room.project).pk)

    def fill_other_webhook(self):
        return str(WebhookEndpointFactory().pk)

    def _last_change(self, room):
        return str(RoomChange.objects.filter(room_id=room.pk).latest("version").pk)

    def fill_session(self):
        return str(self._session().pk)

    def fill_session_ended(self):
        return str(SessionFactory(room=self.stored_room, ended=True).pk)

    def fill_other_session(self):
        return str(SessionFactory().pk)

    def fill_member(self):
        return str(MemberFactory(session=self._session()).pk)

    def fill_other_member(self):
        return str(MemberFactory().pk)

    def _session(self):
        live = RoomSession.objects.filter(room=self.stored_room, end_time=None).first()
        return live or SessionFactory(room=self.stored_room)

    def fill_room_token(self):
        return issue(self._claims())

    def fill_room_token_tampered(self):
        header, payload, signature = self.fill_room_token().split(".")
        said = jwt.decode(f"{header}.{payload}.{signature}", options={"verify_signature": False})
        return f"{header}.{_part({**said, 'acr': False})}.{signature}"

    def fill_room_token_none(self):
        (key_id, _), *_ = settings.ROOM_TOKEN_KEYS.items()
        return f"{_part({'alg': 'none', 'typ': 'VRT', 'kid': key_id})}.{_part({'r': 'a'})}.c2ln"

    def fill_room_token_hs256(self):
        return self._signed(algorithm="HS256")

    def fill_room_token_expired(self):
        return self._signed(exp=1_000_000_000)

    def fill_room_token_future(self):
        return self._signed(iat=32_000_000_000)

    def fill_room_token_odd(self):
        return self._signed(ja="host")

    def fill_room_token_other_key(self):
        return self._signed(key="x" * 64)

    def fill_room_token_other_project(self):
        theirs = RoomFactory(name=self.stored_room.name)
        return issue(self._claims(project_id=theirs.project_id))

    def fill_room_token_closed(self):
        return issue(self._claims(join_until=timezone.now() - timedelta(hours=1)))

    def fill_room_token_nowhere(self):
        return issue(self._claims(room_name="nowhere", auto_create_room=False))

    def _claims(self, **said):
        room = self.stored_room
        return Claims(**{"project_id": room.project_id, "room_name": room.name, **said})

    def _signed(self, key=None, algorithm="HS512", **said):
        (key_id, ours), *_ = settings.ROOM_TOKEN_KEYS.items()
        payload = jwt.decode(self.fill_room_token(), options={"verify_signature": False})
        headers = {"typ": "VRT", "kid": key_id}
        return jwt.encode({**payload, **said}, key or ours, algorithm, headers=headers)

    def fill_token_other_project(self):
        return TokenFactory().secret

    def fill_token_expired(self):
        return self._token(expired=True)

    def fill_token_revoked(self):
        return self._token(revoked=True)

    def fill_token_disabled_owner(self):
        Project.objects.filter(pk=self.stored_room.project_id).update(is_active=False)
        return self.stored_token.secret

    def fill_token_readonly(self):
        return self._token(scopes=[])

    def fill_token_other_ip(self):
        return self._token(allowed_networks="192.0.2.0/24")

    def _token(self, **fields):
        return TokenFactory(project=self.stored_room.project, **fields).secret


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def change(room, **values):
    room.version = change_room(Room.objects, room.pk, values, by=TESTS).room.version


def demand_if_match(room):
    Project.objects.filter(pk=room.project_id).update(requires_if_match=True)


# Conditions that must be met before a row's request is sent.
ARRANGED = {
    "I02": lambda room: change(room, join_from="2030-01-01T00:00:00Z"),
    "I08": lambda room: delete_room(Room.objects, room.pk, by=TESTS),
    "I10": lambda room: SessionFactory(room=room, start_time=timezone.now()),
    "L14": demand_if_match,
    "X-window": lambda room: change(
        room, join_from="2030-01-01T00:00:00Z", join_until="2031-01-01T00:00:00Z"
    ),
    "X-settings": lambda room: change(
        room, record_on_start=True, enable_room_previews=True, audio_video_sync=True
    ),
}


@pytest.fixture
def sent(greenroom):
    """Return a function that prepares a row for sending, optionally for another server."""
    token = TokenFactory()
    room = RoomFactory(project=token.project, description="untouched")

    def prepare(row, server=greenroom, **more):
        ARRANGED.get(row.get("arranged", row["id"]), lambda room: None)(room)
        data = request_of(row, Filler(server, room, token), more)
        return Sent(row, data, server, room, token)

    logged = len(greenroom.log())
    yield prepare
    assert "Traceback" not in greenroom.log()[logged:]


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


@rows("reject")
def test_refused_request_changes_nothing(sent, row):
    answer = sent(row).answer(*statuses(row))

    if answer and answer.status == 422:
        check_faults(answer, row)


@rows("ignore")
def test_unknown_field_changes_nothing(sent, row):
    sending = sent(row)

    with nothing_changes():
        sending.answer(*statuses(row))


@rows("ignore")
def test_unknown_field_is_refused_in_strict_mode(sent, row):
    answer = sent(row, Prefer="handling=strict").answer(422)

    check_faults(answer, {**row, "error_code": "unknown_parameter"})


@rows("accept")
def test_accepted_request_is_stored_exactly(sent, row):
    sending = sent(row)

    answer = sending.answer(*statuses(row))

    now = sending.now()
    if row["method"] in ("PUT", "PATCH") and answer.status == 200:
        assert answer.json() == now
    if "stored" in row and answer.status == 200:
        expected = expected_of(row)
        assert {name: now[name] for name in expected} == expected
        assert "description" in expected or now["description"] == "untouched"


@rows("dry")
def test_dry_run_changes_nothing(sent, row):
    sending = sent(row)

    with nothing_changes():
        answer = sending.answer(*statuses(row))

    assert answer.status == 204 or answer.json()["dry_run"]


def test_live_session_keeps_its_settings(sent):
    (row,) = (row for row in ROWS if row["id"] == "I10")
    sending = sent(row)

    sending.answer(200)

    now = sending.now()
    assert now["record_on_start"] is True
    assert now["active_session"]["record_on_start"] is False


def test_request_above_the_rate_limit_is_refused(sent, server_env):
    (row,) = (row for row in ROWS if row["id"] == "M23")
    with start_server({**server_env, "WORKERS": "1", "RATE_LIMIT": "1/min"}) as server:
        sending = sent(row, server)
        sending.now()

        answer = sending.answer(429)

    assert int(answer.headers["retry-after"]) > 0
