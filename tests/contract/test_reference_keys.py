"""The keys that the reference always sends, in every response of the API and in webhooks."""

import json
from collections.abc import Iterator

import pytest

from access.models import WebhookEvent
from sessions.lifecycle import leave
from sessions.models import Member
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import RoomFactory, WebhookEndpointFactory
from tests.support.api import (
    ADMISSIONS_URL,
    COMPOSITION_KEYS,
    EVENT_KEYS,
    LISTED_SESSION_KEYS,
    MEMBER_KEYS,
    RECORDING_KEYS,
    ROOM_KEYS,
    ROOMS_URL,
    SESSION_KEYS,
    SESSIONS_URL,
    events_url,
    faults,
    nothing_changes,
    room_url,
    session_url,
)
from tests.support.openapi import (
    OPERATIONS,
    client_of_a_project,
    parameters_of,
    send,
    things_of,
)

pytestmark = pytest.mark.django_db

KEYS = {
    "room": ROOM_KEYS,
    "session": SESSION_KEYS,
    "listed session": LISTED_SESSION_KEYS,
    "member": MEMBER_KEYS,
    "event": EVENT_KEYS,
    "recording": RECORDING_KEYS,
    "single recording": [*RECORDING_KEYS, "people"],
    "composition": COMPOSITION_KEYS,
}
# An object is of the first kind whose mark it has.
MARKS = {
    "room": "active_session",
    "session": "start_time",
    "member": "join_time",
    "event": "payload",
    "composition": "without",
    "single recording": "people",
    "recording": "finished_at",
}
# The kinds of objects in the responses of each operation; the others show none.
SHOWN = {
    "create_room": {"room"},
    "list_rooms": {"room", "session"},
    "get_room": {"room", "session"},
    "update_room": {"room", "session"},
    "patch_room": {"room", "session"},
    "revert_room_change": {"room", "session"},
    "list_room_sessions": {"listed session"},
    "get_room_session": {"session"},
    "patch_room_session": {"session"},
    "end_room_session": {"session"},
    "admit_member": {"session", "member"},
    "list_room_session_members": {"member"},
    "unblock_room_session_member": {"member"},
    "list_room_session_events": {"event"},
    "list_room_session_recordings": {"recording"},
    "list_room_recordings": {"recording"},
    "get_room_recording": {"single recording"},
    "restore_room_recording": {"single recording"},
    "report_room_session_recording": {"single recording"},
    "list_room_recording_events": {"event"},
    "list_room_recording_compositions": {"composition"},
    "compose_room_recording": {"composition"},
    "get_room_recording_composition": {"composition"},
}
CONSTANTS = {
    "tone_on_entry_and_exit": False,
    "room_join_video_off": False,
    "user_join_video_off": False,
    "prioritize_handraise": False,
}
VALUES = {**CONSTANTS, "locked": False, "cost_in_dollars": 0.0, "level": "info"}
FILM = {"size_in_bytes", "format", "uri"}
VALUES |= dict.fromkeys(FILM)


def objects(value) -> Iterator[tuple[str, dict]]:
    """Yield the kind and the object of each room, session, member, … in a response."""
    if isinstance(value, list):
        for item in value:
            yield from objects(item)
    if isinstance(value, dict):
        kind = next((kind for kind, mark in MARKS.items() if mark in value), None)
        if kind:
            yield "listed session" if "locked_cover" in value else kind, value
        for inner in value.values():
            yield from objects(inner)


@pytest.fixture
def client():
    return client_of_a_project()


@pytest.mark.parametrize("name", OPERATIONS)
def test_objects_have_their_keys_in_every_response(client, name):
    found, known = [], parameters_of(name)
    flags = [f"{flag}=true" for flag in ("include_active_session", "dry_run") if flag in known]
    for query, ended in [("", True), ("", False), *((flag, False) for flag in flags)]:
        things = things_of(client.project, ended=ended)
        response = send(client, name, things=things, QUERY_STRING=query)
        if response.headers.get("Content-Type") == "application/json":
            found += objects(response.json())

    assert {kind for kind, _ in found} == SHOWN.get(name, set())
    for kind, one in found:
        assert [key for key in one if key != "dry_run"] == KEYS[kind]
        # A gateway reports a film, which the other recordings of this test do not have.
        fixed = VALUES.keys() - (FILM if name == "report_room_session_recording" else set())
        assert {key: one[key] for key in fixed if key in one} == {
            key: VALUES[key] for key in fixed if key in one
        }


def test_cost_is_a_number_with_a_point(client):
    things_of(client.project)

    assert b'"cost_in_dollars":0.0' in client.get(SESSIONS_URL).content


def test_cover_of_locked_sessions_is_served(client):
    things_of(client.project)
    [session] = client.get(SESSIONS_URL).json()["data"]

    response = client.get(session["locked_cover"])
    picture = b"".join(response.streaming_content)
    response.close()

    assert session["locked_cover"].startswith("/")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert picture.startswith(b"<svg ")


def test_members_in_events_and_webhooks_have_the_keys_of_the_api(client):
    WebhookEndpointFactory(project=client.project)
    room = RoomFactory(project=client.project)
    client.post(ADMISSIONS_URL, {"token": issue(Claims(room.project_id, room.name))})
    member = Member.objects.get()
    leave(Member.objects.all(), member.pk)

    sent = [json.loads(event.body)["data"] for event in WebhookEvent.objects.order_by("pk")]
    listed = client.get(events_url(member.session_id)).json()["data"]
    shown = client.get(f"{session_url(member.session_id)}/members").json()["data"]
    members = [one["member"] for one in sent if "member" in one]
    in_events = [one["payload"]["member"] for one in listed[::-1] if "member" in one["payload"]]
    assert len(members) == 2
    assert members == in_events
    assert {name: members[1][name] for name in MEMBER_KEYS} == shown[0]


@pytest.mark.parametrize("prefer", ["", "handling=strict"])
class TestSentBack:
    def test_room_is_unchanged(self, client, prefer):
        things = things_of(client.project)
        shown = client.get(room_url(things["room"])).json()

        with nothing_changes():
            response = client.put(room_url(things["room"]), shown, HTTP_PREFER=prefer)

        assert response.json() == shown

    def test_new_room_may_have_the_constants(self, client, prefer):
        body = {"name": "copy", **CONSTANTS}

        assert client.post(ROOMS_URL, body, HTTP_PREFER=prefer).status_code == 200

    def test_listed_session_is_unchanged_although_updated_at_has_moved(self, client, prefer):
        things_of(client.project)
        [shown] = client.get(SESSIONS_URL).json()["data"]
        sent = {**shown, "updated_at": "2025-06-13T20:34:03Z"}

        with nothing_changes():
            response = client.patch(session_url(shown["id"]), sent, HTTP_PREFER=prefer)

        assert response.status_code == 200
        assert response.json() == {name: shown[name] for name in SESSION_KEYS}


@pytest.mark.parametrize("name", CONSTANTS)
def test_other_value_of_a_constant_is_ignored_or_refused_if_strict(client, name):
    url, body = room_url(things_of(client.project)["room"]), {name: True}

    with nothing_changes():
        assert client.put(url, body).json()[name] is False
        strict = client.put(url, body, HTTP_PREFER="handling=strict")

    assert faults(strict) == [(name, "unknown_parameter")]
