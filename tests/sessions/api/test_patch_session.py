"""PATCH /room_sessions/{id}: settings of a live session, and the members they remove."""

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


def test_only_named_settings_are_changed(api, room, session):
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
def test_patch_without_changes_writes_nothing(api, session, body):
    with nothing_changes():
        assert api.patch(session_url(session), body).status_code == 200


def test_form_body_is_accepted(api, session):
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
def test_changed_one_of_two_names_of_a_setting_counts(api, session, body, becomes):
    api.patch(session_url(session), body)

    session.refresh_from_db()
    assert session.audio_video_sync is becomes


def test_null_clears_a_setting_and_resets_the_display_name(api, session, soon):
    body = {"display_name": "Big", "remove_at": format_timestamp(soon)}
    api.patch(session_url(session), body)

    drawn = api.patch(session_url(session), {"display_name": None, "remove_at": None}).json()

    assert (drawn["display_name"], drawn["remove_at"]) == (session.name, None)


def test_new_remove_at_applies_to_members_inside(api, session, soon):
    member = MemberFactory(session=session)

    api.patch(session_url(session), {"remove_at": format_timestamp(soon)})

    member.refresh_from_db()
    assert member.leave_by == soon


def test_dry_run_lists_removals_with_their_times(api, session, soon):
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


def test_dry_run_lists_members_who_would_leave_at_once(api, session):
    MemberFactory(session=session, join_time=timezone.now() - timedelta(hours=1))
    MemberFactory(session=session)

    with nothing_changes():
        drawn = api.patch(
            f"{session_url(session)}?dry_run=true", {"remove_after_seconds_elapsed": 600}
        ).json()

    assert [one["at_once"] for one in drawn["dry_run"]["removals"]] == [True, False]


def test_lower_max_members_removes_no_member(api, session):
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
def test_invalid_settings_are_refused(api, session, body, found):
    with nothing_changes():
        response = api.patch(session_url(session), body)

    expected = found or [("max_members", "not_an_integer"), ("quality", "invalid_parameter")]
    assert faults(response) == expected


def test_changed_read_only_fields_are_refused_in_strict_mode(api, session):
    drawn = api.get(session_url(session)).json()

    with nothing_changes():
        same = api.patch(session_url(session), drawn, HTTP_PREFER="handling=strict")
        other = api.patch(
            session_url(session), drawn | {"name": "x", "meta": {}}, HTTP_PREFER="handling=strict"
        )

    assert same.status_code == 200
    assert same["Preference-Applied"] == "handling=strict"
    assert faults(other) == [("name", "unknown_parameter"), ("meta", "unknown_parameter")]


def test_ended_session_cannot_be_changed(api, session):
    api.post(end_url(session))

    with nothing_changes():
        response = api.patch(session_url(session), {"max_members": 5})

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_empty_body_is_refused(api, session):
    assert api.patch(session_url(session)).status_code == 400


def test_session_of_another_project_is_not_changed(api):
    foreign = SessionFactory()

    with nothing_changes():
        assert api.patch(session_url(foreign), {"max_members": 5}).status_code == 404
