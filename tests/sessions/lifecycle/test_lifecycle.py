"""The lifecycle of sessions: admission, leaving, the end, and the events."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from uuid_utils.compat import uuid7

from rooms.changes import change_room
from rooms.models import Room, RoomChange
from rooms.rules.join_policy import Overrides
from sessions.lifecycle import (
    AdmissionRefused,
    MemberIdTaken,
    NoSuchRoom,
    admit,
    end,
    end_empty,
    forecast,
    leave,
    remove_due,
)
from sessions.lifecycle.departure_steps import EMPTY_FOR
from sessions.models import LeaveReason, Member, RoomSession, SessionEvent
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import nothing_changes

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
TOKEN_ID = uuid7()


def join(room, at=NOON, member_id=None, name="Ada", overrides=Overrides(), **values):  # noqa: B008
    said = {"project_id": room.project_id, "room_name": room.name, "auto_create_room": False}
    claims = Claims(**{**said, "user_name": name, **asdict(overrides), **values})
    return admit(claims, by=TESTS, member_id=member_id, at=at)


def go(member, at=NOON, reason=LeaveReason.LEFT):
    return leave(Member.objects.all(), member.pk, reason=reason, at=at)


def told(session):
    """Return the events of a session in order, in short form."""
    rows = []
    for event in session.events.order_by("pk"):
        what = event.payload.get("member", {}).get("name")
        rows.append(tuple(filter(None, (event.type, what, event.payload.get("reason")))))
    return rows


def refusal(room, at=NOON, **values):
    with nothing_changes(), pytest.raises(AdmissionRefused) as refused:
        join(room, at=at, **values)
    return refused.value.decision.reason


def inside(session):
    return set(session.members.filter(leave_time=None).values_list("name", flat=True))


# --- joining


def test_first_member_starts_a_session_with_the_rooms_settings():
    room = RoomFactory(max_members=3, layout="2x2", remove_after_seconds_elapsed=60)

    admission = join(room)

    session = RoomSession.objects.get()
    assert admission.session == session
    assert (session.room, session.start_time, session.end_time) == (room, NOON, None)
    assert (session.max_members, session.layout) == (3, "2x2")
    assert told(session) == [("room.started",), ("member.joined", "Ada")]


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
    assert told(first.session) == [
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


# --- repeated calls


def test_same_token_admits_the_same_member_once():
    room = RoomFactory(max_members=1)
    first = join(room, id=TOKEN_ID)

    with nothing_changes():
        again = join(room, id=TOKEN_ID, at=NOON + SECOND)

    assert (again.member, again.session) == (first.member, first.session)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.member.join_time == NOON


def test_member_id_makes_the_call_repeatable():
    room, mine = RoomFactory(max_members=1), uuid7()
    first = join(room, id=TOKEN_ID, member_id=mine)
    assert first.member.pk == mine

    with nothing_changes():
        assert join(room, id=TOKEN_ID, member_id=mine).is_new is False


def test_two_member_ids_of_one_token_are_two_members():
    room = RoomFactory()
    for member_id in (uuid7(), uuid7()):
        assert join(room, id=TOKEN_ID, member_id=member_id).is_new


def test_token_can_be_used_again_after_leaving():
    room = RoomFactory()
    join(room, name="Host")
    first = join(room, id=TOKEN_ID).member
    go(first)

    again = join(room, id=TOKEN_ID)

    assert again.is_new
    assert again.member != first


@pytest.mark.parametrize("case", ["over", "other token", "other room"])
def test_member_id_cannot_be_used_for_another_stay(case):
    room, mine = RoomFactory(), uuid7()
    member = join(room, id=TOKEN_ID, member_id=mine).member
    if case == "over":
        go(member)
    other = RoomFactory(project=room.project) if case == "other room" else room
    token_id = uuid7() if case == "other token" else TOKEN_ID

    with nothing_changes(), pytest.raises(MemberIdTaken):
        join(other, id=token_id, member_id=mine)


# --- leaving


def test_leave_is_recorded_as_an_event():
    room = RoomFactory()
    ada, bo = join(room, name="Ada").member, join(room, name="Bo").member

    left = go(ada, at=NOON + HOUR)

    left.refresh_from_db()
    assert (left.leave_time, left.leave_reason, left.duration) == (NOON + HOUR, "left", 3600)
    assert inside(ada.session) == {"Bo"}
    assert told(ada.session)[-1] == ("member.left", "Ada", "left")
    ada.session.refresh_from_db()
    assert (ada.session.end_time, ada.session.empty_since) == (None, None)
    assert bo.leave_time is None


def test_second_leave_changes_nothing():
    member = join(RoomFactory()).member
    go(member, at=NOON + SECOND)

    with nothing_changes():
        again = go(member, at=NOON + HOUR, reason=LeaveReason.REMOVED)

    assert (again.leave_time, again.leave_reason) == (NOON + SECOND, "left")


def test_members_of_another_project_cannot_be_removed():
    member = join(RoomFactory()).member

    with nothing_changes(), pytest.raises(Member.DoesNotExist):
        leave(Member.objects.filter(project_id=uuid7()), member.pk)


def test_leave_time_is_never_before_the_join_time():
    member = join(RoomFactory()).member

    # The clock of another server is behind.
    assert go(member, at=NOON - HOUR).leave_time == NOON


def test_token_can_end_the_session_when_its_bearer_leaves():
    room = RoomFactory()
    host = join(room, name="Host", end_room_session_on_leave=True).member
    join(room, name="Ada")

    go(host, at=NOON + HOUR)

    session = RoomSession.objects.get()
    assert (session.status, session.end_time) == ("completed", NOON + HOUR)
    assert told(session)[-3:] == [
        ("member.left", "Host", "left"),
        ("member.left", "Ada", "session_ended"),
        ("room.ended", "member_left"),
    ]
    assert inside(session) == set()


# --- empty sessions


@pytest.fixture
def empty():
    """A room with a session whose last member left at noon."""
    room = RoomFactory()
    go(join(room, at=NOON - HOUR).member)
    return RoomSession.objects.get()


def test_empty_session_can_be_joined_again(empty):
    assert (empty.end_time, empty.empty_since) == (None, NOON)

    back = join(empty.room, at=NOON + EMPTY_FOR - SECOND)

    assert back.session == empty
    assert back.session.empty_since is None
    assert end_empty(NOON + HOUR) == 0


def test_empty_session_ends_after_a_while(empty):
    with nothing_changes():
        assert end_empty(NOON + EMPTY_FOR - SECOND) == 0

    assert end_empty(NOON + EMPTY_FOR) == 1
    assert end_empty(NOON + EMPTY_FOR) == 0

    empty.refresh_from_db()
    assert (empty.status, empty.end_time) == ("completed", NOON + EMPTY_FOR)
    assert told(empty)[-1] == ("room.ended", "empty")


def test_later_member_starts_a_new_session(empty):
    back = join(empty.room, at=NOON + EMPTY_FOR)

    empty.refresh_from_db()
    assert back.session != empty
    assert (empty.end_time, told(empty)[-1]) == (NOON + EMPTY_FOR, ("room.ended", "empty"))
    assert told(back.session)[0] == ("room.started",)


def test_new_settings_of_an_empty_room_apply_at_once(empty):
    change_room(Room.objects.all(), empty.room_id, {"max_members": 7}, by=TESTS)

    back = join(empty.room, at=NOON + SECOND)

    assert back.session != empty
    assert back.session.max_members == 7


def test_room_closed_while_empty_admits_no_user(empty):
    change_room(Room.objects.all(), empty.room_id, {"join_until": NOON}, by=TESTS)

    assert refusal(empty.room, at=NOON + SECOND) == "closed"


@pytest.mark.parametrize("setting", ["join_until", "remove_at"])
def test_session_of_a_closed_room_ends_with_its_last_member(setting):
    member = join(RoomFactory(**{setting: NOON + HOUR})).member

    go(member, at=NOON + HOUR)

    assert RoomSession.objects.get().end_time == NOON + HOUR


# --- ending


def test_end_removes_every_member():
    room = RoomFactory()
    for name in ("Ada", "Bo"):
        session = join(room, name=name).session

    ended = end(RoomSession.objects.all(), session.pk, at=NOON + HOUR)

    assert (ended.status, ended.end_time) == ("completed", NOON + HOUR)
    assert told(ended)[-3:] == [
        ("member.left", "Ada", "session_ended"),
        ("member.left", "Bo", "session_ended"),
        ("room.ended", "ended"),
    ]
    assert join(room, at=NOON + HOUR).session != ended


def test_session_ends_once():
    session = join(RoomFactory()).session
    end(RoomSession.objects.all(), session.pk, at=NOON + HOUR)

    with nothing_changes():
        again = end(RoomSession.objects.all(), session.pk, at=NOON + 2 * HOUR)

    assert again.end_time == NOON + HOUR


def test_sessions_of_another_project_cannot_be_ended():
    session = join(RoomFactory()).session

    with nothing_changes(), pytest.raises(RoomSession.DoesNotExist):
        end(RoomSession.objects.filter(project=None), session.pk)


def test_end_time_is_never_before_the_start_time():
    session = join(RoomFactory()).session

    assert end(RoomSession.objects.all(), session.pk, at=NOON - HOUR).end_time == NOON


# --- removal by time


def test_all_members_are_removed_at_remove_at():
    room = RoomFactory(remove_at=NOON + HOUR)
    ada, bo = (join(room, at=NOON + n * SECOND, name=f"m{n}").member for n in (0, 1))
    assert ada.leave_by == bo.leave_by == NOON + HOUR
    with nothing_changes():
        assert remove_due(NOON + HOUR - SECOND) == 0

    assert remove_due(NOON + HOUR) == 2
    assert remove_due(NOON + HOUR) == 0

    assert told(ada.session)[-3:] == [
        ("member.left", "m0", "remove_at"),
        ("member.left", "m1", "remove_at"),
        ("room.ended", "empty"),
    ]


def test_member_is_removed_after_remove_after_seconds_elapsed():
    room = RoomFactory(remove_after_seconds_elapsed=60)
    ada = join(room, name="Ada").member
    join(room, at=NOON + SECOND, name="Bo")

    assert remove_due(NOON + 60 * SECOND) == 1

    assert inside(ada.session) == {"Bo"}
    assert told(ada.session)[-1] == ("member.left", "Ada", "remove_after_seconds_elapsed")


@pytest.mark.parametrize(
    ("seconds", "reason"), [(3599, "remove_after_seconds_elapsed"), (3600, "remove_at")]
)
def test_leave_reason_is_the_earlier_limit(seconds, reason):
    room = RoomFactory(remove_at=NOON + HOUR, remove_after_seconds_elapsed=seconds)
    member = join(room).member

    remove_due(NOON + 2 * HOUR)

    member.refresh_from_db()
    assert member.leave_reason == reason


def test_token_can_extend_its_bearers_stay():
    room = RoomFactory(remove_at=NOON + HOUR)
    join(room, name="Ada")
    host = join(room, name="Host", overrides=Overrides(remove_at=NOON + 2 * HOUR)).member

    remove_due(NOON + HOUR)

    assert inside(host.session) == {"Host"}


def test_session_ends_when_its_hosts_time_is_up():
    room = RoomFactory()
    host = Overrides(remove_after_seconds_elapsed=60)
    join(room, name="Host", overrides=host, end_room_session_on_leave=True)
    session = join(room, name="Ada").session

    assert remove_due(NOON + HOUR) == 1

    assert told(session)[-1] == ("room.ended", "member_left")
    assert inside(session) == set()


def test_admission_removes_due_members_before_counting():
    room = RoomFactory(max_members=1, remove_after_seconds_elapsed=60)
    due = join(room, name="Ada").member

    joined = join(room, at=NOON + HOUR, name="Bo")

    due.refresh_from_db()
    assert due.leave_reason == "remove_after_seconds_elapsed"
    assert inside(joined.session) == {"Bo"}


def test_admission_ends_the_session_of_a_due_host_first():
    room = RoomFactory()
    host = Overrides(remove_after_seconds_elapsed=60)
    first = join(room, name="Host", overrides=host, end_room_session_on_leave=True).session
    join(room, name="Ada")

    second = join(room, at=NOON + HOUR, name="Bo").session

    assert second != first
    assert [row for row in told(first) if row[0] == "room.ended"] == [("room.ended", "member_left")]


def test_due_member_cannot_continue_the_stay():
    room, mine = RoomFactory(remove_after_seconds_elapsed=60), uuid7()
    join(room, id=TOKEN_ID, member_id=mine)

    with nothing_changes(), pytest.raises(MemberIdTaken):
        join(room, at=NOON + HOUR, id=TOKEN_ID, member_id=mine)


def test_limited_number_of_sessions_is_handled_longest_overdue_first():
    rooms = [RoomFactory(remove_at=NOON + n * HOUR) for n in (3, 1, 2)]
    for room in rooms:
        join(room)

    assert remove_due(NOON + 4 * HOUR, sessions=2) == 2

    assert RoomSession.objects.get(end_time=None).room == rooms[0]


# --- outlook for support


def test_outlook_equals_the_decision_of_an_admission():
    room = RoomFactory(max_members=1, join_until=NOON + HOUR)
    assert forecast(room, NOON).reason == "open"
    member = join(room).member

    with nothing_changes():
        assert forecast(room, NOON).reason == "full"
        assert forecast(room, NOON + HOUR).reason == "closed"
        token = Overrides(join_until=NOON + 2 * HOUR)
        assert forecast(room, NOON + HOUR, token).reason == "full"
    go(member)
    assert forecast(room, NOON).reason == "open"


def test_outlook_counts_members_still_inside_at_that_time():
    room = RoomFactory(max_members=1, remove_after_seconds_elapsed=60)
    join(room)

    assert forecast(room, NOON + 59 * SECOND).reason == "full"
    assert forecast(room, NOON + 60 * SECOND).reason == "open"


def test_outlook_of_an_empty_session_uses_the_rooms_settings():
    session = SessionFactory()
    room = change_room(Room.objects.all(), session.room_id, {"join_until": NOON}, by=TESTS).room

    assert forecast(room, NOON).reason == "closed"


def test_events_are_numbered_in_order():
    room = RoomFactory()
    for number in range(3):
        member = join(room, at=NOON - number * SECOND, name=f"m{number}").member
        go(member, at=NOON - number * SECOND)

    types = list(SessionEvent.objects.order_by("pk").values_list("type", flat=True))
    assert types == ["room.started"] + ["member.joined", "member.left"] * 3
