"""POST /room_sessions/admissions: each reason of a refusal, and when to try again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.values.timestamps import format_timestamp
from rooms.rules.join_policy import Decision, Reason
from sessions.api.admissions import refusal_of
from sessions.models import Member
from tests.factories import ProjectFactory, RoomFactory
from tests.support.admissions import HOUR, admitted, refused
from tests.support.api import ADMISSIONS_URL, faults, member_url, nothing_changes


@pytest.mark.parametrize("spelled", ["x", "", 5, [], {}, False, "{hex}", "\0", True])
def test_invalid_member_id_is_refused(show, token_for, room, spelled):
    stay = uuid7()
    if isinstance(spelled, str):
        spelled = spelled.format(hex=stay.hex)

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


def test_token_that_may_not_create_needs_an_existing_room(show, token_for):
    with nothing_changes():
        refused(show(token_for("lobby", auto_create_room=False)), "no_such_room")


def test_get_is_not_allowed(api):
    assert api.get(ADMISSIONS_URL).status_code == 405


def test_room_token_is_no_api_token(api, token_for, room):
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(room)}")

    assert api.post(ADMISSIONS_URL, {"token": token_for(room)}).status_code == 401


def test_retry_at_may_be_the_last_year(show, token_for, project):
    room = RoomFactory(project=project, join_from=datetime(2999, 12, 31, tzinfo=UTC))

    response = show(token_for(room))

    refused(response, "not_yet_open", retry_at="2999-12-31T00:00:00Z")
