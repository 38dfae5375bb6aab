"""POST /room_sessions/admissions: a gateway shows a room token, and is told whether, or why not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.values.timestamps import format_timestamp, whole_second
from rooms.models import Room, RoomChange
from rooms.rules.join_policy import Decision, Reason
from sessions.api.admissions import refusal_of
from sessions.models import LeaveReason, Member, RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import (
    ADMISSIONS_URL,
    MEMBER_KEYS,
    SESSION_KEYS,
    faults,
    member_url,
    members_url,
    nothing_changes,
    session_url,
)

HOUR = timedelta(hours=1)
ANSWER = [
    "member",
    "session",
    "leave_by",
    "join_as",
    "media_allowed",
    "permissions",
    "meta",
    "media",
]


@pytest.fixture
def soon():
    return whole_second(timezone.now()) + HOUR


@pytest.fixture
def token_for(project):
    def make(room, **said):
        name = getattr(room, "name", room)
        return issue(Claims(**{"project_id": project.pk, "room_name": name, **said}))

    return make


@pytest.fixture
def show(api):
    """Show a room token; returns the response."""
    return lambda token, query="", **more: api.post(
        ADMISSIONS_URL + query, {"token": token, **more}
    )


def admitted(response):
    assert response.status_code == 200, response.content
    return response.json()


def refused(response, reason, retry_at=None):
    body = response.json()
    assert response.status_code == 403, body
    assert list(body) == ["error", "detail", "reason", "retry_at"]
    assert (body["error"], body["reason"], body["retry_at"]) == ("Forbidden", reason, retry_at)
    assert ("Retry-After" in response.headers) == (retry_at is not None)
    return body["detail"]


def test_who_shows_a_room_token_is_let_in(api, show, token_for, room):
    token = token_for(
        room, user_name="Ada", permissions=("room.lock",), media_allowed="audio-only", meta={"a": 1}
    )

    answer = admitted(show(token))

    assert list(answer) == ANSWER
    assert list(answer["member"]) == MEMBER_KEYS
    assert list(answer["session"]) == SESSION_KEYS
    assert {name: answer[name] for name in ANSWER[2:]} == {
        "leave_by": None,
        "join_as": "member",
        "media_allowed": "audio-only",
        "permissions": ["room.lock"],
        "meta": {"a": 1},
        # A gateway looks after the media.
        "media": None,
    }
    assert (answer["session"]["room_id"], answer["session"]["status"]) == (
        str(room.pk),
        "in-progress",
    )
    assert api.get(members_url(answer["session"]["id"])).json()["data"] == [answer["member"]]
    assert Member.objects.get().media_allowed == "audio-only"


def test_an_audience_is_let_in_as_one(show, token_for, room):
    answer = admitted(show(token_for(room, join_as="audience")))

    assert (answer["join_as"], Member.objects.get().join_as) == ("audience", "audience")


def test_a_form_lets_in_too(api, token_for, room):
    response = api.post_form(ADMISSIONS_URL, {"token": token_for(room), "member_id": ""})

    assert admitted(response)["session"]["room_id"] == str(room.pk)


def test_the_token_says_who_comes_and_for_how_long(show, token_for, room, soon):
    answer = admitted(show(token_for(room, user_name="Ada", remove_at=soon)))

    assert answer["member"]["name"] == "Ada"
    assert answer["leave_by"] == format_timestamp(soon)
    assert Member.objects.get().leave_by == soon


def test_the_second_call_for_the_same_token_lets_in_nobody_new(show, token_for, room):
    token = token_for(room)

    first, second = admitted(show(token)), admitted(show(token))

    assert first == second
    assert Member.objects.count() == 1


def test_the_gateway_may_name_the_stay(show, token_for, room):
    token, stay = token_for(room), str(uuid7())

    first = admitted(show(token, member_id=stay))

    assert first["member"]["id"] == stay
    assert admitted(show(token, member_id=stay)) == first


def test_a_stay_that_is_over_is_not_taken_up_again(api, show, token_for, room):
    token, stay = token_for(room), str(uuid7())
    admitted(show(token, member_id=stay))
    api.delete(member_url(Member.objects.get()))

    with nothing_changes():
        response = show(token, member_id=stay)

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_a_stay_of_another_token_or_project_is_not_given_away(show, client_for, token_for, room):
    stay = str(uuid7())
    admitted(show(token_for(room), member_id=stay))
    theirs = RoomFactory()
    foreign = issue(Claims(project_id=theirs.project_id, room_name=theirs.name))

    with nothing_changes():
        by_another_token = show(token_for(room), member_id=stay)
        by_another_project = client_for(project=theirs.project).post(
            ADMISSIONS_URL, {"token": foreign, "member_id": stay}
        )

    assert (by_another_token.status_code, by_another_project.status_code) == (409, 409)


@pytest.mark.parametrize("spelled", ["x", "", 5, [], {}, False, "{hex}", "{upper}", "\0", True])
def test_a_member_id_that_is_none_is_refused(show, token_for, room, spelled):
    stay = uuid7()
    if isinstance(spelled, str):
        spelled = spelled.format(hex=stay.hex, upper=str(stay).upper())

    with nothing_changes():
        response = show(token_for(room), member_id=spelled)

    assert faults(response) == [("member_id", "invalid_parameter")]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, [("token", "missing_required_parameter")]),
        ({"token": None}, [("token", "not_a_string")]),
        (
            {"token": 5, "member_id": 5},
            [("token", "not_a_string"), ("member_id", "invalid_parameter")],
        ),
    ],
)
def test_every_fault_of_the_body_comes_at_once(api, body, found):
    assert faults(api.post(ADMISSIONS_URL, body)) == found


def test_unknown_keys_are_ignored_unless_the_caller_is_strict(api, token_for, room):
    body = {"token": token_for(room), "colour": "red"}

    with nothing_changes():
        strict = api.post(ADMISSIONS_URL, body, HTTP_PREFER="handling=strict")

    assert faults(strict) == [("colour", "unknown_parameter")]
    assert admitted(api.post(ADMISSIONS_URL, body))


@pytest.mark.parametrize("text", ["", "a.b.c", "let me in", "\ud800", "x" * 200_000])
def test_what_is_no_room_token_lets_nobody_in(show, room, text):
    with nothing_changes():
        detail = refused(show(text), "bad_token")

    assert detail.startswith("The room token")


def test_a_room_token_of_another_project_lets_nobody_in(show, token_for, room):
    other = ProjectFactory()
    RoomFactory(project=other, name=room.name)

    with nothing_changes():
        detail = refused(show(token_for(room, project_id=other.pk)), "bad_token")

    assert "another project" in detail


def test_before_the_window_it_says_when_to_come(show, token_for, project, soon):
    room = RoomFactory(project=project, join_from=soon)

    with nothing_changes():
        response = show(token_for(room))

    refused(response, "not_yet_open", retry_at=format_timestamp(soon))
    assert 3590 < int(response.headers["Retry-After"]) <= 3600


def test_the_seconds_to_wait_are_never_too_few():
    """A caller that comes back after them finds the door open: fractions round up."""
    soon = timezone.now() + timedelta(seconds=9.9)
    decision = Decision(False, Reason.NOT_YET_OPEN, "Not yet.", changes_at=soon)

    assert refusal_of(decision).headers == {"Retry-After": "10"}
    past = Decision(False, Reason.NOT_YET_OPEN, "Not yet.", changes_at=soon - HOUR)
    assert refusal_of(past).headers == {"Retry-After": "1"}


def test_after_the_window_there_is_no_use_in_waiting(show, token_for, project):
    room = RoomFactory(project=project, closed=True)

    with nothing_changes():
        refused(show(token_for(room)), "closed")


def test_a_token_may_open_the_window_for_its_bearer(show, token_for, project, soon):
    room = RoomFactory(project=project, closed=True)

    assert admitted(show(token_for(room, join_until=soon)))


def test_a_full_room_lets_nobody_new_in_until_somebody_leaves(api, show, token_for, project):
    room = RoomFactory(project=project, max_members=1)
    admitted(show(token_for(room)))

    with nothing_changes():
        detail = refused(show(token_for(room)), "full")

    assert detail == "The room is full: 1 of 1 are inside."
    api.delete(member_url(Member.objects.get()))
    assert admitted(show(token_for(room)))


def test_a_token_makes_its_room(show, token_for, project, token):
    said = {"room_display_name": "Lobby", "enable_room_previews": True, "room_meta": {"a": 1}}

    answer = admitted(show(token_for("lobby", **said)))

    room = Room.objects.get()
    assert answer["session"]["room_id"] == str(room.pk)
    assert (room.project, room.name, room.display_name) == (project, "lobby", "Lobby")
    assert (room.enable_room_previews, room.meta) == (True, {"a": 1})
    assert RoomChange.objects.get().author_id == str(token.pk)


def test_a_room_that_is_made_is_called_by_its_name(show, token_for):
    admitted(show(token_for("lobby")))

    assert Room.objects.get().display_name == "lobby"


def test_a_token_that_makes_no_room_needs_one(show, token_for):
    with nothing_changes():
        refused(show(token_for("lobby", auto_create_room=False)), "no_such_room")


def test_a_dry_run_answers_and_lets_nobody_in(api, show, token_for, room):
    with nothing_changes():
        answer = admitted(show(token_for("lobby", user_name="Ada"), "?dry_run=true"))
        refused(show("x.y.z", "?dry_run=true"), "bad_token")

    assert list(answer) == [*ANSWER, "dry_run"]
    assert (answer["member"]["name"], answer["dry_run"]) == ("Ada", True)
    preferred = api.post(ADMISSIONS_URL, {"token": token_for(room)}, HTTP_PREFER="dry-run")
    assert preferred["Preference-Applied"] == "dry-run"
    assert not RoomSession.objects.exists()


def test_a_session_that_goes_on_keeps_its_settings(show, token_for, room):
    SessionFactory(room=room, max_members=7)

    answer = admitted(show(token_for(room)))

    # Nobody was inside, and the room says otherwise: that session is over.
    assert answer["session"]["max_members"] == 20
    assert RoomSession.objects.count() == 2


def test_who_ends_the_session_by_leaving_ends_it(api, show, token_for, room):
    admitted(show(token_for(room, end_room_session_on_leave=True)))
    admitted(show(token_for(room)))
    host = Member.objects.earliest("join_time")

    api.delete(member_url(host))

    reasons = Member.objects.order_by("join_time").values_list("leave_reason", flat=True)
    assert list(reasons) == [LeaveReason.LEFT, LeaveReason.SESSION_ENDED]
    session = api.get(session_url(host.session_id)).json()
    assert session["status"] == "completed"


def test_a_moment_has_no_fraction_of_a_second(show, token_for, project):
    room = RoomFactory(project=project, remove_after_seconds_elapsed=60)

    answer = admitted(show(token_for(room)))

    due = Member.objects.get().leave_by
    assert answer["leave_by"] == format_timestamp(due)
    assert due - Member.objects.get().join_time == timedelta(seconds=60)


def test_nothing_is_read_by_get(api):
    assert api.get(ADMISSIONS_URL).status_code == 405


def test_a_room_token_is_no_api_token(api, token_for, room):
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(room)}")

    assert api.post(ADMISSIONS_URL, {"token": token_for(room)}).status_code == 401


def test_the_far_end_of_the_calendar_can_be_waited_for(show, token_for, project):
    room = RoomFactory(project=project, join_from=datetime(2999, 12, 31, tzinfo=UTC))

    response = show(token_for(room))

    refused(response, "not_yet_open", retry_at="2999-12-31T00:00:00Z")
