"""The version and updated_at of a session: what moves them, and what does not."""

import pytest
from django.db import connection

from rooms.changes import delete_room
from rooms.models import Room
from sessions.lifecycle import end
from sessions.models import RoomSession
from tests.factories import TESTS, MemberFactory, SessionFactory
from tests.support.lifecycle import HOUR, MINUTE, NOON, TOKEN_ID, go, join
from tests.support.live_settings import apply

pytestmark = pytest.mark.django_db


def stored(session):
    one = RoomSession.objects.with_last_event().get(pk=session.pk)
    return one.version, one.updated_at


def test_new_session_has_version_1_and_its_start(room):
    session = join(room).session

    assert (session.version, session.updated_at) == stored(session) == (1, NOON)


def test_members_move_updated_at_and_not_the_version(room):
    session = join(room).session
    member = join(room, at=NOON + MINUTE).member
    assert stored(session) == (1, NOON + MINUTE)

    go(member, at=NOON + HOUR)
    assert stored(session) == (1, NOON + HOUR)


def test_repeated_admission_moves_nothing(room):
    join(room, id=TOKEN_ID)
    again = join(room, at=NOON + HOUR, id=TOKEN_ID).session

    assert (again.version, again.updated_at) == stored(again) == (1, NOON)


def test_session_that_is_empty_and_joined_again_keeps_its_version(room):
    admission = join(room)
    go(admission.member, at=NOON + MINUTE)
    join(room, at=NOON + MINUTE)

    assert stored(admission.session) == (1, NOON + MINUTE)


def test_applied_settings_move_both(session):
    applied = apply(session, {"max_members": 9}).session

    assert (applied.version, applied.updated_at) == stored(session) == (2, NOON)


def test_settings_without_effect_move_nothing(session):
    before = stored(session)

    # A dry run returns the version that the change would make.
    assert apply(session, {"max_members": 9}, dry_run=True).session.version == 2
    apply(session, {"max_members": session.max_members})

    assert stored(session) == before


def test_end_moves_both(session):
    MemberFactory.create_batch(2, session=session, join_time=NOON)
    ended = end(RoomSession.objects.all(), session.pk, at=NOON + HOUR)

    assert (ended.version, ended.updated_at) == stored(session) == (2, NOON + HOUR)
    assert end(RoomSession.objects.all(), session.pk).version == 2


def test_deleted_room_moves_the_version_and_leaves_its_id(room):
    session = SessionFactory(room=room, ended=True)
    delete_room(Room.objects, room.pk, by=TESTS)

    session.refresh_from_db()
    assert (session.room_id, session.former_room_id, session.version) == (None, room.pk, 2)


def test_insert_of_the_version_before_is_still_possible(session):
    columns = [field.column for field in RoomSession._meta.concrete_fields]
    known = ", ".join(name for name in columns if name not in ("version", "former_room_id"))
    values = known.replace("end_time", "start_time").replace("status", "'completed'")
    with connection.cursor() as cursor:
        pk = "018f0000000070008000000000000001"
        values = values.replace(" id,", f" '{pk}',")
        table = RoomSession._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({known}) SELECT {values} FROM {table}")  # noqa: S608

    assert RoomSession.objects.get(pk=pk).version == 1


def test_rooms_found_by_a_session_have_the_time_of_the_last_event(room):
    session = join(room).session
    join(room, at=NOON + MINUTE)

    for rooms in (
        Room.objects.filter(sessions__name=session.name).in_full(),
        Room.objects.in_full().filter(sessions__name=session.name),
    ):
        assert rooms.get().active_session.updated_at == NOON + MINUTE
