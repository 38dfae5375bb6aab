"""Applying settings to a live session: validation, dry run and events."""

import pytest
from django.core.exceptions import ValidationError

from rooms.models import Room
from sessions.lifecycle import end
from sessions.lifecycle.live_settings import SETTINGS, SessionEnded, apply_settings
from sessions.models import RoomSession
from tests.factories import TESTS, SessionFactory
from tests.support.api import nothing_changes
from tests.support.lifecycle import HOUR, NOON
from tests.support.live_settings import apply, member_of

pytestmark = pytest.mark.django_db


def test_only_named_settings_change(session):
    applied = apply(session, {"max_members": 9, "layout": "2x2", "quality": "720p"})

    assert applied.moved == {"max_members": (5, 9), "layout": ("grid-responsive", "2x2")}
    session.refresh_from_db()
    assert (session.max_members, session.layout) == (9, "2x2")


def test_settings_of_the_room_do_not_change(session):
    apply(session, {"max_members": 9})

    assert Room.objects.get().max_members == 5
    assert Room.objects.get().version == 1


def test_event_has_old_and_new_values_and_the_author(session):
    apply(session, {"remove_at": "2030-01-01T13:00:00Z", "description": None})

    event = session.events.get()
    assert event.type == "room.updated"
    assert event.at == NOON
    changes = {"remove_at": [None, "2030-01-01T13:00:00Z"]}
    assert event.payload == {"changes": changes, "by": "tests"}


def test_apply_without_changes_writes_nothing(session):
    with nothing_changes():
        assert apply(session, {}).moved == {}
        assert apply(session, {"max_members": 5}).moved == {}


def test_dry_run_returns_the_changes_and_writes_nothing(session):
    member = member_of(session)
    values = {"remove_at": NOON + HOUR}

    with nothing_changes():
        tried = apply(session, values, dry_run=True)
    done = apply(session, values)

    assert tried.moved == done.moved == {"remove_at": (None, NOON + HOUR)}
    for said in (tried, done):
        assert [(r.member, r.before, r.at) for r in said.removals] == [(member, None, NOON + HOUR)]


def test_null_resets_the_display_name_to_the_rooms_name(session):
    apply(session, {"display_name": "Big"})

    assert apply(session, {"display_name": None}).moved == {"display_name": ("Big", session.name)}


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"max_members": 0}, {"max_members": "invalid_parameter"}),
        ({"max_members": "9"}, {"max_members": "not_an_integer"}),
        ({"max_members": None}, {"max_members": "not_an_integer"}),
        ({"join_until": NOON - HOUR}, {"join_until": "invalid_join_until_date"}),
        ({"remove_at": NOON - HOUR}, {"remove_at": "invalid_parameter"}),
        ({"name": "other"}, {"name": "unknown_parameter"}),
        ({"fps": 30}, {"fps": "unknown_parameter"}),
        ({"end_time": NOON, "layout": "9x9"}, {"end_time": "unknown_parameter", "layout": None}),
    ],
)
def test_session_is_validated_as_a_whole_with_all_errors(session, values, faults):
    with nothing_changes(), pytest.raises(ValidationError) as refused:
        apply(session, values)

    found = refused.value.error_dict
    assert found.keys() == faults.keys()
    for name, code in faults.items():
        assert code in (None, found[name][0].code)


def test_validation_costs_no_statement(session, django_assert_num_queries):
    # Savepoint, the locked session, and the end of the savepoint.
    with django_assert_num_queries(3):
        apply(session, {"max_members": 9}, dry_run=True)


def test_every_setting_of_a_room_can_be_applied():
    session = SessionFactory()
    values = {
        "display_name": "Big",
        "description": "text",
        "max_members": 9,
        "quality": "1080p",
        "join_from": NOON,
        "join_until": NOON + HOUR,
        "remove_at": NOON + HOUR,
        "remove_after_seconds_elapsed": 60,
        "layout": "2x2",
        "record_on_start": True,
        "enable_room_previews": True,
        "audio_video_sync": True,
    }
    assert values.keys() == set(SETTINGS)

    assert apply(session, values).moved.keys() == set(SETTINGS)


def test_ended_session_cannot_be_changed(session):
    end(RoomSession.objects.all(), session.pk, at=NOON)

    with nothing_changes(), pytest.raises(SessionEnded):
        apply(session, {"max_members": 9})


def test_sessions_of_another_project_cannot_be_changed(session):
    others = RoomSession.objects.exclude(pk=session.pk)

    with nothing_changes(), pytest.raises(RoomSession.DoesNotExist):
        apply_settings(others, session.pk, {"max_members": 9}, by=TESTS)
