"""GET /rooms/{id}/admission: whether a user could join, and if not, the reason and the time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.values.timestamps import format_timestamp, parse_timestamp, whole_second
from tests.factories import MemberFactory, RoomFactory, SessionFactory
from tests.support.api import faults, nothing_changes, room_url

KEYS = ["allowed", "reason", "sentence", "changes_at", "at"]


def ask(api, room, **query):
    response = api.get(f"{room_url(room)}/admission", query)
    assert response.status_code == 200, response.content
    assert list(response.json()) == KEYS
    return response.json()


def test_open_room_admits(api, room):
    before = whole_second(timezone.now())

    answer = ask(api, room)

    assert before <= parse_timestamp(answer.pop("at")) <= timezone.now()
    assert answer == {
        "allowed": True,
        "reason": "open",
        "sentence": "Joining is open.",
        "changes_at": None,
    }


def test_room_can_be_named_instead_of_its_id(api, room):
    assert ask(api, room.name)["reason"] == "open"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2030-01-01T11:59:59Z", (False, "not_yet_open", "2030-01-01T12:00:00Z")),
        ("2030-01-01T12:00:00Z", (True, "open", "2030-01-01T13:00:00Z")),
        ("2030-01-01T14:59:59+02:00", (True, "open", "2030-01-01T13:00:00Z")),
        ("2030-01-01T13:00:00Z", (False, "closed", None)),
        ("2030-01-02", (False, "removed", None)),
    ],
)
def test_any_time_can_be_asked_for(api, project, at, expected):
    room = RoomFactory(
        project=project,
        join_from="2030-01-01T12:00:00Z",
        join_until="2030-01-01T13:00:00Z",
        remove_at="2030-01-01T14:00:00Z",
    )

    answer = ask(api, room, at=at)

    assert (answer["allowed"], answer["reason"], answer["changes_at"]) == expected
    assert answer["at"] == format_timestamp(parse_timestamp(at))


def test_full_room_is_full_until_a_member_must_leave(api, project):
    room = RoomFactory(project=project, max_members=1)
    due = whole_second(timezone.now()) + timedelta(hours=1)
    MemberFactory(session=SessionFactory(room=room), leave_by=due)

    assert ask(api, room)["reason"] == "full"
    assert ask(api, room, at=format_timestamp(due))["reason"] == "open"


def test_settings_of_the_live_session_apply(api, room):
    MemberFactory(session=SessionFactory(room=room, max_members=1))

    answer = ask(api, room)

    assert answer["sentence"] == "The room is full: 1 of 1 are inside."


@pytest.mark.parametrize(
    "at", ["", "soon", "2030-01-01T00:00:00", "1893456000", "\0", "3000-01-01"]
)
def test_invalid_time_is_refused(api, room, at):
    response = api.get(f"{room_url(room)}/admission", {"at": at})

    assert faults(response) == [("at", "not_a_datetime")]


def test_request_changes_nothing(api, room):
    session = SessionFactory(room=room)
    MemberFactory(session=session, leave_by=timezone.now() - timedelta(seconds=5))

    with nothing_changes():
        ask(api, room)


def test_room_of_another_project_is_not_found(api):
    foreign = RoomFactory()

    for name in (foreign.pk, foreign.name, "x y", "%00"):
        assert api.get(f"{room_url(name)}/admission").status_code == 404
