"""PUT and PATCH /rooms/{id}: forms, JSON, and bodies that are neither."""

import pytest

from tests.factories import RoomFactory
from tests.support.api import faults, nothing_changes, readable, room_url
from tests.support.room_values import EVERYTHING, NOON


def test_form_changes_only_named_fields_and_no_missing_booleans(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    response = api.put_form(room_url(room), {"max_members": "30"})

    assert response.status_code == 200
    room.refresh_from_db()
    assert room.max_members == 30
    assert room.record_on_start is True
    assert room.enable_room_previews is True
    assert room.audio_video_sync is True
    assert room.description == EVERYTHING["description"]


def test_form_can_contain_every_type(api, room):
    response = api.put_form(
        room_url(room),
        {
            "display_name": "30",
            "max_members": "30",
            "quality": "1080p",
            "join_from": "2030-01-01T12:00:00Z",
            "record_on_start": "true",
            "enable_room_previews": "1",
            "sync_audio_video": "True",
            "meta": '{"b":1,"a":2}',
        },
    )

    assert response.status_code == 200
    room.refresh_from_db()
    assert (room.display_name, room.max_members, room.quality) == ("30", 30, "1080p")
    assert room.join_from == NOON
    assert room.record_on_start
    assert room.enable_room_previews
    assert room.audio_video_sync
    assert list(room.meta) == ["b", "a"]


def test_empty_form_value_is_null(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    response = api.put_form(room_url(room), {"description": "", "join_until": "", "meta": ""})

    assert response.status_code == 200
    room.refresh_from_db()
    assert (room.description, room.join_until, room.meta) == (None, None, {})


def test_form_errors_equal_those_of_json(api, room):
    with nothing_changes():
        response = api.put_form(room_url(room), {"max_members": "many", "record_on_start": "yes"})

    assert sorted(faults(response)) == [
        ("max_members", "not_an_integer"),
        ("record_on_start", "not_a_boolean"),
    ]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_other_media_types_are_refused(change, content_type):
    with nothing_changes():
        response = change(b'{"max_members": 5}', content_type=content_type)

    assert response.status_code == 415
    assert response.json()["error"] == "Unsupported Media Type"


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"42",
        b'"x"',
        b"{",
        b'{"max_members":5,}',
        b'{"max_members":5}//x',
        b'{"max_members":5,"max_members":6}',
        b'{"meta":{"a":1,"a":2}}',
        b'{"max_members":NaN}',
        b'{"max_members":-Infinity}',
        b'{"max_members":020}',
        b'{"description":"a\nb"}',
        b'{"description":"a\xff"}',
        b'{"description":"\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"max_members":5}',
        b'{"meta":' + b'{"k":' * 32 + b"1" + b"}" * 33,
        b"[" * 100_000,
    ],
    ids=lambda body: readable(body[:30]),
)
def test_malformed_json_is_a_bad_request(change, body):
    with nothing_changes():
        response = change(body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["error"] == "Bad Request"


def test_json_may_nest_32_levels(change):
    response = change(
        b'{"meta":' + b'{"k":' * 31 + b"1" + b"}" * 32, content_type="application/json"
    )

    assert response.status_code == 200
