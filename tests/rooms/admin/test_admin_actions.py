import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.changes import change_room
from rooms.models import Room, RoomStatus
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.bulk_changes import stored
from tests.support.html import fields_of, log_in, messages_of
from tests.support.room_actions import ASKING, SETTERS, changes_since_creation, scheduled_room
from tests.support.room_list import LIST, ask, newest_job, press_preview, preview, run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("action", "typed", "expected"), SETTERS)
def test_action_changes_each_room_in_one_bulk_change(client, action, typed, expected):
    user = log_in(client)
    opposite = {name: not value for name, value in expected.items() if isinstance(value, bool)}
    rooms = [scheduled_room(**opposite) for _ in range(3)]
    other = scheduled_room(**opposite)
    change_room(Room.objects, rooms[0].pk, expected, by=TESTS)
    changes = changes_since_creation().exclude(author_name="tests")

    counts = run(client, action, rooms, typed)

    assert counts == {"changed": 2, "unchanged": 1}
    for room in rooms:
        room.refresh_from_db()
        assert {name: getattr(room, name) for name in expected} == expected
    assert changes.count() == 2
    assert {change.room_id for change in changes} == {rooms[1].pk, rooms[2].pk}
    assert changes.values("bulk_id").distinct().count() == 1
    assert changes[0].bulk_id is not None
    assert {(c.channel, c.author_kind, c.author_name) for c in changes} == {
        ("bulk", "user", user.username)
    }
    assert all(set(change.changes) == set(expected) for change in changes)
    other.refresh_from_db()
    assert other.version == 1


@pytest.mark.parametrize(
    ("action", "typed"),
    [*((name, typed) for name, typed, _ in SETTERS), ("close_joining_now", None)],
)
def test_repeated_action_changes_nothing(client, action, typed):
    log_in(client)
    rooms = RoomFactory.create_batch(3, record_on_start=True, enable_room_previews=True)
    run(client, action, rooms, typed)
    before = stored()

    counts = run(client, action, rooms, typed)

    assert counts == {"unchanged": 3}
    assert stored() == before


def test_close_joining_now_skips_closed_rooms_and_refuses_scheduled_ones(client):
    log_in(client)
    now = whole_second(timezone.now())
    open_room = RoomFactory(join_from=now - timedelta(hours=1), join_until=now + timedelta(hours=1))
    closed = RoomFactory(closed=True)
    removed = RoomFactory(remove_at=now - timedelta(hours=1))
    later = scheduled_room(name="later")

    counts = run(client, "close_joining_now", [open_room, closed, removed, later])

    open_room.refresh_from_db()
    assert open_room.join_until.microsecond == 0
    assert now <= open_room.join_until <= timezone.now()
    assert open_room.status(timezone.now()) == RoomStatus.CLOSED
    assert counts == {"changed": 1, "unchanged": 2, "refused": 1}
    refused = newest_job().rooms.get(outcome="refused")
    assert refused.name == "later"
    assert refused.faults[0][1].startswith("join_until must be after join_from: ")
    for room in (closed, removed, later):
        room.refresh_from_db()
        assert room.version == 1
    assert list(changes_since_creation().values_list("room_id", flat=True)) == [open_room.pk]


def test_only_the_first_live_rooms_are_named(client):
    log_in(client)
    rooms = [SessionFactory(room=RoomFactory(name=f"live-{number}")).room for number in range(8)]

    response = client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": [r.pk for r in rooms], "apply": "1"},
    )

    assert messages_of(response) == [
        "Deleted 0 rooms. 8 rooms were not deleted, because a session is in progress: "
        "live-0, live-1, live-2, live-3, live-4 and 3 more."
    ]


def test_invalid_limit_is_refused_on_the_page(client):
    log_in(client)
    rooms = RoomFactory.create_batch(2)
    before = stored()
    page = ask(client, "set_max_members", rooms)

    response = press_preview(client, page, max_members="301")

    assert 'min="1" max="300"' in page.content.decode()
    assert response.context["form"].errors == {"max_members": ["Enter a number from 1 to 300."]}
    assert fields_of(response)["max_members"] == "301"
    assert stored() == before


@pytest.mark.parametrize(
    ("action", "title", "others"),
    [
        *((action, "Edit 22 rooms", "and 10 more") for action in ASKING),
        ("delete_selected", "Delete 22 rooms", "and 2 more"),
    ],
)
def test_page_of_an_action_names_the_rooms_and_changes_nothing(client, action, title, others):
    log_in(client)
    rooms = RoomFactory.create_batch(22)
    before = stored()

    response = ask(client, action, rooms)

    text = response.content.decode()
    assert title in text
    assert others in text
    assert stored() == before


@pytest.mark.parametrize("action", ASKING)
def test_form_of_an_action_selects_its_field(client, action):
    log_in(client)

    page = ask(client, action, [RoomFactory()])

    ticked = [name for name in fields_of(page) if name.startswith("change_")]
    assert ticked == [f"change_{action.removeprefix('set_')}"] * action.startswith("set_")


def test_delete_refuses_live_rooms_and_keeps_history(client):
    user = log_in(client)
    rooms = RoomFactory.create_batch(2)
    live = SessionFactory(room=RoomFactory(name="live")).room

    chosen = [*rooms, live]
    page = ask(client, "delete_selected", chosen)
    sent = {**fields_of(page), "_selected_action": [room.pk for room in chosen], "apply": "1"}
    response = client.post(LIST, sent)

    assert messages_of(response) == [
        "Deleted 2 rooms. 1 room was not deleted, because a session is in progress: live."
    ]
    assert Room.objects.get() == live
    deleted = changes_since_creation()
    assert {change.room_id for change in deleted} == {room.pk for room in rooms}
    assert {(change.action, change.author_name) for change in deleted} == {
        ("deleted", user.username)
    }


# Matches the ORM's bulk statement on SQLite and the one of rooms/changes/sql.py.
WRITES_ROOMS = r'(?:INTO|UPDATE) "rooms_room"'


def test_rows_are_locked_in_the_order_of_their_ids(client, django_assert_max_num_queries):
    log_in(client)
    rooms = RoomFactory.create_batch(30)
    preview(client, "recording_on", list(reversed(rooms)))

    # Far fewer than one for each room.
    with django_assert_max_num_queries(44) as done:
        client.post(f"/jobs/{newest_job().pk}/apply", {"mode": "all"})

    statements = [query["sql"] for query in done]
    write = next(i for i, sql in enumerate(statements) if re.search(WRITES_ROOMS, sql))
    lock = next(sql for sql in reversed(statements[:write]) if '"rooms_room"."version"' in sql)
    assert 'ORDER BY "rooms_room"."id" ASC' in lock
    if connection.features.has_select_for_update:
        assert lock.endswith('FOR UPDATE OF "rooms_room"')
