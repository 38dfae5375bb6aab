import re
from datetime import UTC, datetime

import pytest

from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.rules.json_values import serialized
from tests.factories import TESTS, RoomFactory
from tests.support.html import fields_of, log_in
from tests.support.room_admin import errors_of, page_of, save
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


def test_form_writes_only_changed_fields(client):
    user = log_in(client)
    room = RoomFactory(description="one\r\ntwo", meta={"b": 1, "a": [1.5, None]}, scheduled=True)

    response = save(client, room, max_members="30")

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"max_members": [20, 30]}
    assert (change.author_kind, change.author_id, change.author_name) == (
        "user",
        str(user.pk),
        user.username,
    )
    assert (change.channel, change.request_id) == ("admin", response.headers["X-Request-Id"])


def test_unchanged_form_writes_nothing(client):
    log_in(client)
    room = RoomFactory(
        description="one\r\ntwo\n\nthree",
        display_name="  Ünï 🐻 ",
        meta={"b": 1, "a": {"c": True}},
        scheduled=True,
        record_on_start=True,
        remove_after_seconds_elapsed=60,
    )

    assert save(client, room).status_code == 302

    assert_unchanged(room)


def test_missing_field_is_not_changed(client):
    log_in(client)
    room = RoomFactory(description="kept", scheduled=True, meta={"a": 1})

    response = client.post(page_of(room), {"version": 1, "zone": "UTC", "max_members": 7})

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=2)
    assert change.changes == {"max_members": [20, 7]}


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("display_name", "Ward 3", "Ward 3"),
        ("display_name", "", "room"),
        ("description", "one\r\ntwo", "one\ntwo"),
        ("description", "", None),
        ("quality", "1080p", "1080p"),
        ("layout", "10x10", "10x10"),
        ("join_from", "2030-01-02T03:04", datetime(2030, 1, 2, 3, 4, tzinfo=UTC)),
        ("join_from", "2030-01-02T03:04:05", datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("join_from", "2030-01-02T03:04:05+02:00", datetime(2030, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("join_until", "", None),
        ("remove_after_seconds_elapsed", "90", 90),
        ("record_on_start", "on", True),
        ("enable_room_previews", None, False),
        ("meta", '{"c": 1.5}', {"c": 1.5}),
        ("meta", "", {}),
    ],
)
def test_form_reads_the_input_of_a_browser(client, name, typed, stored):
    log_in(client)
    room = RoomFactory(
        name="room",
        display_name="Before",
        description="before",
        closed=True,
        enable_room_previews=True,
        meta={"a": 1, "b": 1},
    )
    if name == "join_from":
        change_room(Room.objects, room.pk, {"join_until": None}, by=TESTS)

    response = save(client, room, **{name: typed})

    assert response.status_code == 302, errors_of(response)
    room.refresh_from_db()
    assert getattr(room, name) == stored


@pytest.mark.parametrize("typed", ['{"b":1,"a":1}', '{"a":true,"b":1}'])
def test_meta_that_is_equal_in_python_only_is_a_change(client, typed):
    log_in(client)
    room = RoomFactory(meta={"a": 1, "b": 1})

    save(client, room, meta=typed)

    room.refresh_from_db()
    assert serialized(room.meta) == typed


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("max_members", "301", "Enter a number from 1 to 300."),
        ("max_members", "x", "Enter a number from 1 to 300."),
        ("max_members", "", "Enter a number from 1 to 300."),
        ("quality", "4k", 'Quality must be one of 720p, 1080p, not "4k".'),
        (
            "join_from",
            "2030-02-30T00:00",
            "Enter a date and a time.",
        ),
        (
            "join_until",
            "2020-01-01T00:00",
            "Closes (Wed 1 Jan 2020 00:00) must be after Opens (Tue 1 Jan 2030 00:00).",
        ),
        (
            "remove_after_seconds_elapsed",
            "0",
            "Enter a number from 1 to 2147483647.",
        ),
        ("display_name", "a\0b", 'not "a\\u0000b".'),
        ("meta", '{"a": 1, "a": 2}', "This is not valid JSON: it has a duplicate key."),
        ("meta", '{"a": NaN}', "This is not valid JSON: NaN is not a JSON number."),
        ("meta", "[1]", "not [1]."),
    ],
)
def test_form_refuses_with_the_message_of_the_model(client, name, typed, message):
    log_in(client)
    room = RoomFactory(join_from=datetime(2030, 1, 1, tzinfo=UTC))

    response = save(client, room, **{name: typed})

    assert response.status_code == 200
    assert list(errors_of(response)) == [name]
    assert errors_of(response)[name][-1].endswith(message)
    assert_unchanged(room)


def test_form_reports_all_errors_and_keeps_the_input(client):
    log_in(client)
    room = RoomFactory()
    typed = {
        "display_name": "x" * 201,
        "max_members": "0",
        "meta": "{",
        "description": "kept",
        "join_until": "2030-01-01T00:00:00",
    }

    response = save(client, room, **typed)

    assert set(errors_of(response)) == {"display_name", "max_members", "meta"}
    shown = fields_of(response)
    assert {name: shown[name] for name in typed} == typed
    assert_unchanged(room)


def test_form_limits_come_from_the_rules(client):
    log_in(client)
    page = client.get(page_of(RoomFactory())).content.decode()

    tag = re.search(r'<input[^>]*name="max_members"[^>]*>', page)[0]
    assert 'min="1"' in tag
    assert 'max="300"' in tag
    assert "required" in tag
    assert 'maxlength="200"' in re.search(r'<input[^>]*name="display_name"[^>]*>', page)[0]
    assert 'maxlength="3000"' in re.search(r'<textarea[^>]*name="description"[^>]*>', page)[0]
    assert page.count('type="datetime-local"') == 3
