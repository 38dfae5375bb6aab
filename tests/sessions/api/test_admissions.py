"""POST /room_sessions/admissions: a gateway sends a room token and gets a member or the reason."""

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
    """Send a room token; return the response."""
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


def test_valid_room_token_is_admitted(api, show, token_for, room):
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
        # Without a media server, the gateway handles the media.
        "media": None,
    }
    assert (answer["session"]["room_id"], answer["session"]["status"]) == (
        str(room.pk),
        "in-progress",
    )
    assert api.get(members_url(answer["session"]["id"])).json()["data"] == [answer["member"]]
    assert Member.objects.get().media_allowed == "audio-only"


def test_audience_is_admitted_as_audience(show, token_for, room):
    answer = admitted(show(token_for(room, join_as="audience")))

    assert (answer["join_as"], Member.objects.get().join_as) == ("audience", "audience")


def test_form_body_is_accepted(api, token_for, room):
    response = api.post_form(ADMISSIONS_URL, {"token": token_for(room), "member_id": ""})

    assert admitted(response)["session"]["room_id"] == str(room.pk)


def test_token_decides_name_role_and_removal(show, token_for, room, soon):
    answer = admitted(show(token_for(room, user_name="Ada", remove_at=soon)))

    assert answer["member"]["name"] == "Ada"
    assert answer["leave_by"] == format_timestamp(soon)
    assert Member.objects.get().leave_by == soon


def test_second_call_with_the_same_token_admits_no_new_member(show, token_for, room):
    token = token_for(room)

    first, second = admitted(show(token)), admitted(show(token))

    assert first == second
    assert Member.objects.count() == 1


def test_gateway_may_choose_the_member_id(show, token_for, room):
    token, stay = token_for(room), str(uuid7())

    first = admitted(show(token, member_id=stay))

    assert first["member"]["id"] == stay
    assert admitted(show(token, member_id=stay)) == first


def test_ended_stay_cannot_be_continued(api, show, token_for, room):
    token, stay = token_for(room), str(uuid7())
    admitted(show(token, member_id=stay))
    api.delete(member_url(Member.objects.get()))

    with nothing_changes():
        response = show(token, member_id=stay)

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_member_id_of_another_token_or_project_is_refused(show, client_for, token_for, room):
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
def test_invalid_member_id_is_refused(show, token_for, room, spelled):
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
def test_all_errors_of_the_body_are_reported_together(api, body, found):
    assert faults(api.post(ADMISSIONS_URL, body)) == found


def test_unknown_keys_are_refused_only_in_strict_mode(api, token_for, room):
    body = {"token": token_for(room), "colour": "red"}

    with nothing_changes():
        strict = api.post(ADMISSIONS_URL, body, HTTP_PREFER="handling=strict")

    assert faults(strict) == [("colour", "unknown_parameter")]
    assert admitted(api.post(ADMISSIONS_URL, body))


@pytest.mark.parametrize("text", ["", "a.b.c", "let me in", "\ud800", "x" * 200_000])
def test_invalid_room_token_is_refused(show, room, text):
    with nothing_changes():
        detail = refused(show(text), "bad_token")

    assert detail.startswith("The room token")


def test_room_token_of_another_project_is_refused(show, token_for, room):
    other = ProjectFactory()
    RoomFactory(project=other, name=room.name)

    with nothing_changes():
        detail = refused(show(token_for(room, project_id=other.pk)), "bad_token")

    assert "another project" in detail


def test_refusal_before_the_window_has_retry_after(show, token_for, project, soon):
    room = RoomFactory(project=project, join_from=soon)

    with nothing_changes():
        response = show(token_for(room))

    refused(response, "not_yet_open", retry_at=format_timestamp(soon))
    assert 3590 < int(response.headers["Retry-After"]) <= 3600


def test_retry_after_is_rounded_up():
    """The room is open for a client that waits exactly this long."""
    soon = timezone.now() + timedelta(seconds=9.9)
    decision = Decision(False, Reason.NOT_YET_OPEN, "Not yet.", changes_at=soon)

    assert refusal_of(decision).headers == {"Retry-After": "10"}
    past = Decision(False, Reason.NOT_YET_OPEN, "Not yet.", changes_at=soon - HOUR)
    assert refusal_of(past).headers == {"Retry-After": "1"}


def test_refusal_after_the_window_has_no_retry_after(show, token_for, project):
    room = RoomFactory(project=project, closed=True)

    with nothing_changes():
        refused(show(token_for(room)), "closed")


def test_token_may_open_the_window_for_its_bearer(show, token_for, project, soon):
    room = RoomFactory(project=project, closed=True)

    assert admitted(show(token_for(room, join_until=soon)))


def test_full_room_admits_a_member_after_another_left(api, show, token_for, project):
    room = RoomFactory(project=project, max_members=1)
    admitted(show(token_for(room)))

    with nothing_changes():
        detail = refused(show(token_for(room)), "full")

    assert detail == "The room is full: 1 of 1 are inside."
    api.delete(member_url(Member.objects.get()))
    assert admitted(show(token_for(room)))


def test_token_may_create_its_room(show, token_for, project, token):
    said = {"room_display_name": "Lobby", "enable_room_previews": True, "room_meta": {"a": 1}}

    answer = admitted(show(token_for("lobby", **said)))

    room = Room.objects.get()
    assert answer["session"]["room_id"] == str(room.pk)
    assert (room.project, room.name, room.display_name) == (project, "lobby", "Lobby")
    assert (room.enable_room_previews, room.meta) == (True, {"a": 1})
    assert RoomChange.objects.get().author_id == str(token.pk)


def test_created_room_is_displayed_by_its_name(show, token_for):
    admitted(show(token_for("lobby")))

    assert Room.objects.get().display_name == "lobby"


def test_token_that_may_not_create_needs_an_existing_room(show, token_for):
    with nothing_changes():
        refused(show(token_for("lobby", auto_create_room=False)), "no_such_room")


def test_dry_run_answers_and_admits_no_member(api, show, token_for, room):
    with nothing_changes():
        answer = admitted(show(token_for("lobby", user_name="Ada"), "?dry_run=true"))
        refused(show("x.y.z", "?dry_run=true"), "bad_token")

    assert list(answer) == [*ANSWER, "dry_run"]
    assert (answer["member"]["name"], answer["dry_run"]) == ("Ada", True)
    preferred = api.post(ADMISSIONS_URL, {"token": token_for(room)}, HTTP_PREFER="dry-run")
    assert preferred["Preference-Applied"] == "dry-run"
    assert not RoomSession.objects.exists()


def test_empty_session_with_other_settings_is_replaced(show, token_for, room):
    SessionFactory(room=room, max_members=7)

    answer = admitted(show(token_for(room)))

    # The session was empty and the room's settings differ, so a new session began.
    assert answer["session"]["max_members"] == 20
    assert RoomSession.objects.count() == 2


def test_leaving_host_ends_the_session(api, show, token_for, room):
    admitted(show(token_for(room, end_room_session_on_leave=True)))
    admitted(show(token_for(room)))
    host = Member.objects.earliest("join_time")

    api.delete(member_url(host))

    reasons = Member.objects.order_by("join_time").values_list("leave_reason", flat=True)
    assert list(reasons) == [LeaveReason.LEFT, LeaveReason.SESSION_ENDED]
    session = api.get(session_url(host.session_id)).json()
    assert session["status"] == "completed"


def test_times_have_no_fraction_of_a_second(show, token_for, project):
    room = RoomFactory(project=project, remove_after_seconds_elapsed=60)

    answer = admitted(show(token_for(room)))

    due = Member.objects.get().leave_by
    assert answer["leave_by"] == format_timestamp(due)
    assert due - Member.objects.get().join_time == timedelta(seconds=60)


def test_get_is_not_allowed(api):
    assert api.get(ADMISSIONS_URL).status_code == 405


def test_room_token_is_no_api_token(api, token_for, room):
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(room)}")

    assert api.post(ADMISSIONS_URL, {"token": token_for(room)}).status_code == 401


def test_retry_at_may_be_the_last_year(show, token_for, project):
    room = RoomFactory(project=project, join_from=datetime(2999, 12, 31, tzinfo=UTC))

    response = show(token_for(room))

    refused(response, "not_yet_open", retry_at="2999-12-31T00:00:00Z")
