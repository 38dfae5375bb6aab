"""PATCH /room_sessions/{id}: settings for the people inside, and whom they would remove."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from access.values.timestamps import format_timestamp, whole_second
from sessions.models import SessionEvent
from tests.factories import MemberFactory, SessionFactory
from tests.support.api import SESSION_KEYS, end_url, faults, nothing_changes, session_url


@pytest.fixture
def session(room):
    return SessionFactory(room=room)


@pytest.fixture
def soon():
    return whole_second(timezone.now()) + timedelta(hours=1)


def test_what_the_body_names_is_changed_and_nothing_else(api, room, session):
    response = api.patch(session_url(session), {"max_members": 5, "layout": "2x2"})

    assert response.status_code == 200
    assert list(response.json()) == SESSION_KEYS
    assert response.json() == api.get(session_url(session)).json()
    session.refresh_from_db()
    room.refresh_from_db()
    assert (session.max_members, session.layout, session.quality) == (5, "2x2", "720p")
    assert (room.max_members, room.version) == (20, 1)
    assert SessionEvent.objects.get().payload["changes"] == {
        "max_members": [20, 5],
        "layout": ["grid-responsive", "2x2"],
    }


@pytest.mark.parametrize("body", [{}, {"max_members": 20}, {"colour": "red"}, {"name": "other"}])
def test_what_moves_nothing_writes_nothing(api, session, body):
    with nothing_changes():
        assert api.patch(session_url(session), body).status_code == 200


def test_a_form_changes_the_same(api, session):
    api.patch(
        session_url(session),
        "max_members=5&remove_at=2030-01-01&sync_audio_video=true&description=",
        content_type="application/x-www-form-urlencoded",
    )

    session.refresh_from_db()
    assert (session.max_members, session.audio_video_sync) == (5, True)
    assert session.remove_at == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ({"sync_audio_video": True}, True),
        ({"audio_video_sync": True, "sync_audio_video": False}, True),
        ({"audio_video_sync": False, "sync_audio_video": True}, True),
    ],
)
def test_of_the_two_names_of_a_setting_the_one_that_differs_counts(api, session, body, becomes):
    api.patch(session_url(session), body)

    session.refresh_from_db()
    assert session.audio_video_sync is becomes


def test_null_clears_and_puts_back_the_name(api, session, soon):
    body = {"display_name": "Big", "remove_at": format_timestamp(soon)}
    api.patch(session_url(session), body)

    drawn = api.patch(session_url(session), {"display_name": None, "remove_at": None}).json()

    assert (drawn["display_name"], drawn["remove_at"]) == (session.name, None)


def test_who_is_inside_leaves_when_the_settings_say(api, session, soon):
    member = MemberFactory(session=session)

    api.patch(session_url(session), {"remove_at": format_timestamp(soon)})

    member.refresh_from_db()
    assert member.leave_by == soon


def test_a_dry_run_says_whom_it_would_remove_and_when(api, session, soon):
    ada = MemberFactory(session=session, name="Ada")
    MemberFactory(session=session, name="Gone", left=True)

    with nothing_changes():
        drawn = api.patch(
            f"{session_url(session)}?dry_run=true", {"remove_at": format_timestamp(soon)}
        ).json()

    assert drawn["remove_at"] == format_timestamp(soon)
    assert drawn["dry_run"] == {
        "changes": {"remove_at": [None, format_timestamp(soon)]},
        "removals": [
            {
                "member": {"id": str(ada.pk), "name": "Ada"},
                "leave_by": [None, format_timestamp(soon)],
                "at_once": False,
            }
        ],
    }


def test_who_has_been_inside_too_long_would_leave_at_once(api, session):
    MemberFactory(session=session, join_time=timezone.now() - timedelta(hours=1))
    MemberFactory(session=session)

    with nothing_changes():
        drawn = api.patch(
            f"{session_url(session)}?dry_run=true", {"remove_after_seconds_elapsed": 600}
        ).json()

    assert [one["at_once"] for one in drawn["dry_run"]["removals"]] == [True, False]


def test_a_lower_max_members_removes_nobody(api, session):
    MemberFactory.create_batch(3, session=session)

    drawn = api.patch(f"{session_url(session)}?dry_run=true", {"max_members": 1}).json()

    assert drawn["dry_run"]["removals"] == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"max_members": 301}, [("max_members", "invalid_parameter")]),
        ({"max_members": "5", "quality": 5}, None),
        ({"record_on_start": "true"}, [("record_on_start", "not_a_boolean")]),
        ({"display_name": "a\0"}, [("display_name", "invalid_parameter")]),
        (
            {"join_from": "2030-01-01", "join_until": "2030-01-01"},
            [("join_until", "invalid_join_until_date")],
        ),
    ],
)
def test_what_no_session_can_be_is_refused(api, session, body, found):
    with nothing_changes():
        response = api.patch(session_url(session), body)

    expected = found or [("max_members", "not_an_integer"), ("quality", "invalid_parameter")]
    assert faults(response) == expected


def test_a_strict_caller_has_read_only_fields_refused_unless_they_stand(api, session):
    drawn = api.get(session_url(session)).json()

    with nothing_changes():
        same = api.patch(session_url(session), drawn, HTTP_PREFER="handling=strict")
        other = api.patch(
            session_url(session), drawn | {"name": "x", "meta": {}}, HTTP_PREFER="handling=strict"
        )

    assert same.status_code == 200
    assert same["Preference-Applied"] == "handling=strict"
    assert faults(other) == [("name", "unknown_parameter"), ("meta", "unknown_parameter")]


def test_a_session_that_is_over_takes_nothing(api, session):
    api.post(end_url(session))

    with nothing_changes():
        response = api.patch(session_url(session), {"max_members": 5})

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_an_empty_body_is_refused(api, session):
    assert api.patch(session_url(session)).status_code == 400


def test_a_session_of_another_project_is_not_changed(api):
    foreign = SessionFactory()

    with nothing_changes():
        assert api.patch(session_url(foreign), {"max_members": 5}).status_code == 404
