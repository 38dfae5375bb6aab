"""PUT and PATCH /rooms/{id}: only the fields in the body are changed."""

import re
import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.changes import change_room
from rooms.changes.validation import validate_change
from rooms.models import Room, RoomChange
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOM_KEYS, faults, messages, nothing_changes, readable, room_url

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

EVERYTHING = {
    "display_name": "The big room",
    "description": "Two lines:\nthis is the second.",
    "max_members": 150,
    "quality": "1080p",
    "join_from": "2030-01-01T12:00:00Z",
    "join_until": "2030-01-01T13:00:00Z",
    "remove_at": "2030-01-01T14:00:00Z",
    "remove_after_seconds_elapsed": 3600,
    "layout": "highlight-1-responsive",
    "record_on_start": True,
    "enable_room_previews": True,
    "audio_video_sync": True,
    "meta": {"b": [1, 2.5, None], "a": {"é": True}},
}


@pytest.fixture(params=["put", "patch"])
def change(request, api, room):
    """Send a body to the room with both methods."""

    def send(body=None, **extra):
        return getattr(api, request.param)(room_url(room), body, **extra)

    return send


def test_every_setting_is_stored_and_returned_as_sent(change, room):
    response = change(EVERYTHING)

    assert response.status_code == 200
    answer = response.json()
    assert {name: answer[name] for name in EVERYTHING} == EVERYTHING
    room.refresh_from_db()
    assert room.join_from == NOON
    assert list(room.meta) == ["b", "a"]
    assert room.version == 2


def test_response_has_the_contracts_keys_in_order(change, room):
    answer = change({"max_members": 5}).json()

    assert list(answer) == ROOM_KEYS
    assert answer["id"] == str(room.pk)
    assert answer["name"] == room.name
    assert answer["fps"] == 20
    assert answer["active_session"] is None
    assert answer["created_at"].endswith("Z")


def test_other_fields_keep_their_values(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    answer = api.put(room_url(room), {"description": "other"}).json()

    assert {name: answer[name] for name in EVERYTHING} == {**EVERYTHING, "description": "other"}


def test_change_increases_updated_at_and_version(change, room):
    before = room.updated_at

    change({"max_members": 5})

    room.refresh_from_db()
    assert room.updated_at > before
    assert room.version == 2


def test_updated_at_never_decreases(change, room):
    # Another server, whose clock is ahead, made the last change.
    ahead = datetime(2999, 1, 1, tzinfo=UTC)
    Room.objects.update(updated_at=ahead)

    change({"max_members": 5})

    room.refresh_from_db()
    assert (room.updated_at, room.version) == (ahead, 2)


def test_empty_object_changes_nothing(change, room):
    with nothing_changes():
        response = change({})

    assert response.status_code == 200
    assert response.headers["ETag"] == '"1"'
    assert list(response.json()) == ROOM_KEYS


def test_unchanged_values_change_nothing(api, project):
    room = RoomFactory(project=project, **EVERYTHING)

    with nothing_changes():
        response = api.put(room_url(room), EVERYTHING)

    assert response.status_code == 200


def test_response_of_get_can_be_sent_back(api, project):
    room = RoomFactory(project=project, **EVERYTHING)
    SessionFactory(room=room)
    answer = api.get(room_url(room)).json()

    with nothing_changes():
        response = api.put(room_url(room), answer, HTTP_PREFER="handling=strict")

    assert response.status_code == 200
    assert response.json() == answer


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_empty_body_is_refused(change, content_type):
    with nothing_changes():
        response = change(b"", content_type=content_type)

    assert response.status_code == 400
    assert response.json()["error"] == "Bad Request"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("description", None),
        ("join_from", None),
        ("join_until", None),
        ("remove_at", None),
        ("remove_after_seconds_elapsed", None),
        ("meta", {}),
    ],
)
def test_null_clears_a_field(api, project, name, default):
    room = RoomFactory(project=project, **EVERYTHING)

    response = api.put(room_url(room), {name: None})

    assert response.status_code == 200
    assert response.json()[name] == default
    room.refresh_from_db()
    assert getattr(room, name) == default


def test_null_resets_the_display_name_to_the_name(api, project):
    room = RoomFactory(project=project, name="lobby", display_name="The lobby")

    response = api.put(room_url(room), {"display_name": None})

    assert response.json()["display_name"] == "lobby"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("max_members", "not_an_integer"),
        ("quality", "invalid_parameter"),
        ("layout", "invalid_parameter"),
        ("record_on_start", "not_a_boolean"),
        ("enable_room_previews", "not_a_boolean"),
        ("audio_video_sync", "not_a_boolean"),
    ],
)
def test_null_is_refused_for_required_fields(change, name, code):
    with nothing_changes():
        response = change({name: None})

    assert faults(response) == [(name, code)]


def test_sync_audio_video_is_an_alias_of_audio_video_sync(change, room):
    answer = change({"sync_audio_video": True}).json()

    assert answer["audio_video_sync"] is True
    assert answer["sync_audio_video"] is True
    room.refresh_from_db()
    assert room.audio_video_sync is True


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("changed", ["audio_video_sync", "sync_audio_video"])
def test_changed_one_of_two_names_counts_in_a_returned_object(api, project, changed, before):
    room = RoomFactory(project=project, audio_video_sync=before)
    answer = api.get(room_url(room)).json()

    response = api.put(room_url(room), {**answer, changed: not before})

    assert response.json()["audio_video_sync"] is not before
    assert response.json()["sync_audio_video"] is not before


def test_invalid_value_of_the_alias_is_refused(change):
    with nothing_changes():
        response = change({"sync_audio_video": "yes"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "not_a_boolean"


def test_invalid_value_of_the_older_name_is_always_refused(change):
    with nothing_changes():
        response = change({"audio_video_sync": "yes", "sync_audio_video": True})

    assert faults(response) == [("audio_video_sync", "not_a_boolean")]


def test_read_only_fields_are_ignored(change, room):
    with nothing_changes():
        response = change(
            {
                "id": str(uuid.uuid4()),
                "fps": 30,
                "active_session": {"id": "x"},
                "created_at": "2020-01-01T00:00:00Z",
                "updated_at": 5,
            }
        )

    assert response.status_code == 200
    assert response.json()["id"] == str(room.pk)


def test_unknown_keys_are_ignored(change):
    with nothing_changes():
        response = change({"max_member": 5, "project": str(uuid.uuid4()), "version": 9, "\x00": 1})

    assert response.status_code == 200


def test_known_keys_are_applied_beside_unknown_ones(change, room):
    response = change({"max_member": 5, "max_members": 6})

    assert response.status_code == 200
    room.refresh_from_db()
    assert room.max_members == 6


@pytest.mark.parametrize(
    "prefer",
    ["handling=strict", "HANDLING=Strict", 'handling="strict"', "wait=5, handling=strict; x=y"],
)
def test_strict_handling_refuses_each_unknown_key(change, prefer):
    with nothing_changes():
        response = change({"max_member": 5, "fps": 30, "quality": "1080p"}, HTTP_PREFER=prefer)

    assert sorted(faults(response)) == [
        ("fps", "unknown_parameter"),
        ("max_member", "unknown_parameter"),
    ]


def test_strict_handling_is_confirmed_in_the_response(change):
    response = change({"quality": "1080p"}, HTTP_PREFER="handling=strict")

    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "handling=strict"


@pytest.mark.parametrize("prefer", ["handling=lenient", "strict", "xhandling=strict", "handling="])
def test_other_preferences_are_not_strict(change, prefer):
    with nothing_changes():
        response = change({"max_member": 5}, HTTP_PREFER=prefer)

    assert response.status_code == 200
    assert "Preference-Applied" not in response.headers


def test_unchanged_name_is_accepted(change, room):
    response = change({"name": room.name, "max_members": 5})

    assert response.status_code == 200


@pytest.mark.parametrize("name", ["other", "", None, 5, "ROOM-0", ["room"]])
def test_other_name_is_refused(change, name):
    with nothing_changes():
        response = change({"name": name, "max_members": 5})

    assert faults(response) == [("name", "invalid_parameter")]
    assert messages(response)["name"] == "name is fixed once a room is created."


def test_all_errors_are_reported_together_and_nothing_is_changed(change):
    with nothing_changes():
        response = change(
            {
                "max_members": 0,
                "quality": "bad",
                "join_from": "x",
                "record_on_start": "yes",
                "layout": "grid-responsive-mobile",
                "meta": [],
                "name": "other",
                "display_name": "",
            }
        )

    assert sorted(faults(response)) == [
        ("display_name", "invalid_parameter"),
        ("join_from", "not_a_datetime"),
        ("max_members", "invalid_parameter"),
        ("meta", "not_a_hash"),
        ("name", "invalid_parameter"),
        ("quality", "invalid_parameter"),
        ("record_on_start", "not_a_boolean"),
    ]


def test_error_has_the_contracts_form(change):
    with nothing_changes():
        response = change({"max_members": 301})

    assert response.json() == {
        "errors": [
            {
                "type": "validation_error",
                "code": "invalid_parameter",
                "message": "max_members must be a whole number from 1 to 300, not 301.",
                "attribute": "max_members",
                "url": "http://testserver/api/docs#invalid_parameter",
            }
        ]
    }


def test_window_is_validated_with_the_rooms_other_values(api, project):
    room = RoomFactory(project=project, join_from=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"join_until": "2030-01-01T11:59:59Z"})

    assert faults(response) == [("join_until", "invalid_join_until_date")]


def test_join_from_after_join_until_is_refused(api, project):
    room = RoomFactory(project=project, join_until=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"join_from": "2030-01-01T12:00:00Z"})

    assert faults(response) == [("join_until", "invalid_join_until_date")]


def test_remove_at_before_join_from_is_refused(api, project):
    room = RoomFactory(project=project, join_from=NOON)

    with nothing_changes():
        response = api.put(room_url(room), {"remove_at": "2030-01-01T12:00:00Z"})

    assert faults(response) == [("remove_at", "invalid_parameter")]


def test_whole_window_can_be_moved(api, project):
    room = RoomFactory(project=project, join_from=NOON, join_until=NOON.replace(hour=13))

    response = api.put(
        room_url(room),
        {"join_from": "2031-01-01T00:00:00+02:00", "join_until": "2030-12-31T23:00:00Z"},
    )

    assert response.status_code == 200
    assert response.json()["join_from"] == "2030-12-31T22:00:00Z"


def test_change_of_a_live_room_does_not_change_its_session(api, project):
    session = SessionFactory(room=RoomFactory(project=project))

    response = api.put(room_url(session.room), {"max_members": 5, "display_name": "Other"})

    assert response.status_code == 200
    active = response.json()["active_session"]
    assert (active["id"], active["max_members"]) == (str(session.pk), 20)
    session.refresh_from_db()
    assert session.max_members == 20
    assert session.display_name != "Other"


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
        b'{"max_members":' + b"9" * 5000 + b"}",
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


@pytest.mark.parametrize(
    "other",
    ["00000000-0000-0000-0000-000000000000", "no-such-room", "urn:uuid:{id}", "{hex}", "{upper}"],
)
def test_room_is_found_only_by_its_exact_id(api, room, other):
    path = other.format(id=room.pk, hex=room.pk.hex, upper=str(room.pk).upper())

    with nothing_changes():
        response = api.put(room_url(path), {"max_members": 5})

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_room_cannot_be_changed_by_its_name(api, room):
    with nothing_changes():
        response = api.put(room_url(room.name), {"max_members": 5})

    assert response.status_code == 404


def test_room_of_another_project_is_not_found(api):
    other = RoomFactory()

    with nothing_changes():
        response = api.put(room_url(other), {"max_members": 5})

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_deleted_room_is_not_found(api, room):
    api.delete(room_url(room))

    response = api.put(room_url(room), {"max_members": 5})

    assert response.status_code == 404
    assert not Room.objects.exists()


def test_unsupported_method_is_refused(api, room):
    with nothing_changes():
        response = api.post(room_url(room), {"max_members": 5})

    assert response.status_code == 405
    assert response.json()["error"] == "Method Not Allowed"
    assert sorted(response.headers["Allow"].split(", ")) == [
        "DELETE",
        "GET",
        "HEAD",
        "OPTIONS",
        "PATCH",
        "PUT",
    ]


def test_trailing_slash_is_not_found_and_not_redirected(api, room):
    with nothing_changes():
        response = api.put(room_url(room) + "/", {"max_members": 5})

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_client_that_does_not_accept_json_is_refused(api, room):
    with nothing_changes():
        response = api.put(room_url(room), {"max_members": 5}, HTTP_ACCEPT="application/xml")

    assert response.status_code == 406
    assert response.json()["error"] == "Not Acceptable"


@pytest.mark.parametrize("sent", ["abc-123", "a" * 128, "trace:1/2=x"])
def test_request_id_of_the_client_is_returned_and_recorded(api, room, sent):
    response = api.put(room_url(room), {"max_members": 5}, HTTP_X_REQUEST_ID=sent)

    assert response.headers["X-Request-Id"] == sent
    assert RoomChange.objects.first().request_id == sent


@pytest.mark.parametrize("sent", ["", "a b", "a" * 129, "é", "<script>", "-x"])
def test_invalid_request_id_is_replaced(api, room, sent):
    response = api.put(room_url(room), {"max_members": 0}, HTTP_X_REQUEST_ID=sent)

    assert uuid.UUID(response.headers["X-Request-Id"])


def test_only_changed_columns_are_written(room):
    with CaptureQueriesContext(connection) as statements:
        change_room(Room.objects.all(), room.pk, {"max_members": 5, "quality": "720p"}, by=TESTS)

    [settings] = re.findall(r'UPDATE "rooms_room" SET (.*?) WHERE', str(list(statements)))
    assert set(re.findall(r'"(\w+)" =', settings)) == {"max_members", "version", "updated_at"}


def test_validation_needs_no_query(room, django_assert_num_queries):
    with django_assert_num_queries(0):
        change = validate_change(room, EVERYTHING)

    assert set(change.moved) == set(EVERYTHING)
