"""Admission: when a user is admitted, and as which member of which session."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from rooms.changes import change_room
from rooms.models import Room, RoomChange
from rooms.rules.join_policy import Overrides
from sessions.lifecycle import AdmissionRefused, NoSuchRoom, remove_due
from sessions.models import RoomSession
from tests.factories import TESTS, RoomFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import (
    HOUR,
    NOON,
    SECOND,
    TOKEN_ID,
    go,
    inside,
    join,
    refusal,
    short_events,
)

pytestmark = pytest.mark.django_db


def test_first_member_starts_a_session_with_the_rooms_settings():
    room = RoomFactory(max_members=3, layout="2x2", remove_after_seconds_elapsed=60)

    admission = join(room)

    session = RoomSession.objects.get()
    assert admission.session == session
    assert (session.room, session.start_time, session.end_time) == (room, NOON, None)
    assert (session.max_members, session.layout) == (3, "2x2")
    assert short_events(session) == [("room.started",), ("member.joined", "Ada")]


def test_member_has_the_tokens_values():
    room = RoomFactory(remove_after_seconds_elapsed=60)
    later = NOON + HOUR
    member = join(
        room,
        name="Bo",
        id=TOKEN_ID,
        join_as="audience",
        media_allowed="audio-only",
        end_room_session_on_leave=True,
        overrides=Overrides(remove_at=later, remove_after_seconds_elapsed=90),
    ).member

    member.refresh_from_db()
    assert (member.name, member.jti, member.join_as) == ("Bo", str(TOKEN_ID), "audience")
    assert (member.media_allowed, member.end_room_session_on_leave) == ("audio-only", True)
    assert (member.token_remove_at, member.token_remove_after) == (later, 90)
    assert member.project_id == room.project_id
    assert (member.join_time, member.leave_time, member.leave_reason) == (NOON, None, None)
    assert member.leave_by == NOON + timedelta(seconds=90)


def test_other_members_join_the_live_session():
    room = RoomFactory()
    first, second = join(room, name="Ada"), join(room, name="Bo")

    assert first.session == second.session
    assert short_events(first.session) == [
        ("room.started",),
        ("member.joined", "Ada"),
        ("member.joined", "Bo"),
    ]


def test_session_keeps_its_settings_while_members_are_inside():
    room = RoomFactory(max_members=1)
    join(room)
    change_room(Room.objects.all(), room.pk, {"max_members": 5}, by=TESTS)

    assert refusal(room) == "full"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"join_from": NOON + SECOND}, "not_yet_open"),
        ({"join_until": NOON}, "closed"),
        ({"remove_at": NOON}, "removed"),
    ],
)
def test_room_admits_no_user_outside_of_its_window(settings, reason):
    assert refusal(RoomFactory(**settings)) == reason
    assert not RoomSession.objects.exists()


def test_full_room_admits_no_user_until_a_member_leaves():
    room = RoomFactory(max_members=2)
    ada, _ = join(room, name="Ada"), join(room, name="Bo")

    assert refusal(room, name="Cy") == "full"

    go(ada.member)
    assert join(room, name="Cy").session == ada.session


def test_lower_max_members_removes_no_member_and_admits_no_user():
    room = RoomFactory(max_members=3)
    members = [join(room, name=name).member for name in ("Ada", "Bo", "Cy")]
    session = members[0].session
    RoomSession.objects.update(max_members=2)

    assert remove_due(NOON) == 0
    assert inside(session) == {"Ada", "Bo", "Cy"}
    for member in members[:2]:
        assert refusal(room, name="Di") == "full"
        go(member)

    assert join(room, name="Di").session == session


def test_tokens_override_applies_only_to_its_bearer():
    room = RoomFactory(join_from=NOON + HOUR)
    early = Overrides(join_from=NOON)

    assert join(room, overrides=early).member
    assert refusal(room) == "not_yet_open"


def test_unknown_room_is_created_only_if_the_token_allows_it():
    room = RoomFactory()
    with nothing_changes(), pytest.raises(NoSuchRoom):
        join(room, room_name="lobby")

    made = join(room, room_name="lobby", auto_create_room=True, room_display_name="The lobby")

    lobby = Room.objects.get(name="lobby")
    assert (lobby.project_id, lobby.display_name) == (room.project_id, "The lobby")
    assert made.session.room == lobby
    assert RoomChange.objects.filter(room_id=lobby.pk).count() == 1


def test_room_of_another_project_is_not_found():
    room, foreign = RoomFactory(), RoomFactory()

    with nothing_changes(), pytest.raises(NoSuchRoom):
        join(room, room_name=foreign.name)


def test_refused_admission_creates_no_room():
    room = RoomFactory()

    with nothing_changes(), pytest.raises(AdmissionRefused):
        join(
            room,
            room_name="lobby",
            auto_create_room=True,
            overrides=Overrides(join_until=NOON - HOUR),
        )


@pytest.mark.parametrize("values", [{"room_name": "no spaces"}, {"room_display_name": "a\nb"}])
def test_invalid_room_is_not_created(values):
    room = RoomFactory()

    with nothing_changes(), pytest.raises(ValidationError):
        join(room, **{"room_name": "lobby", "auto_create_room": True, **values})


@pytest.mark.parametrize("values", [{"name": "a\nb"}, {"join_as": "host"}])
def test_invalid_member_is_not_admitted(values):
    room = RoomFactory()

    with nothing_changes(), pytest.raises(ValidationError):
        join(room, **values)
