"""POST /rooms/bulk: one change for many rooms, all or nothing, or only the valid ones."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from rooms.bulk.engine import CHUNK
from rooms.changes import change_chunk
from rooms.changes.validation import Change
from rooms.models import IdempotentCall, Room, RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL, faults, messages, nothing_changes

BULK_URL = f"{ROOMS_URL}/bulk"
NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)


@pytest.fixture
def rooms(project):
    return [RoomFactory(project=project, max_members=5 + number) for number in range(4)]


@pytest.fixture
def bulk(api):
    """Send a bulk request: bulk(select, change, mode=…)."""

    def send(select, change, *, query="", headers=None, **more):
        body = {"select": select, "change": change, **more}
        return api.post(BULK_URL + query, body, headers=headers)

    return send


def ids(rooms):
    return {"ids": [str(room.pk) for room in rooms]}


def outcomes(response):
    return {result["id"]: result["outcome"] for result in response.json()["results"]}


def test_change_is_applied_to_every_named_room(bulk, rooms):
    response = bulk(ids(rooms[:3]), {"set": {"quality": "1080p"}, "clear": ["description"]})

    assert response.status_code == 200
    assert response.json()["counts"] == {"created": 0, "changed": 3, "unchanged": 0, "refused": 0}
    assert response.json()["applied"] is True
    assert set(Room.objects.filter(quality="1080p")) == set(rooms[:3])
    assert Room.objects.get(pk=rooms[3].pk).version == 1


def test_cleared_display_name_becomes_each_rooms_name(bulk, project):
    rooms = [RoomFactory(project=project, display_name="Lobby") for _ in range(2)]

    response = bulk(ids(rooms), {"clear": ["display_name"]})

    assert [result["changes"] for result in response.json()["results"]] == [
        {"display_name": ["Lobby", room.name]} for room in rooms
    ]


def test_history_entries_share_the_bulk_id(bulk, rooms, token):
    bulk_id = bulk(ids(rooms), {"set": {"max_members": 9}}).json()["bulk_id"]

    entries = RoomChange.objects.filter(bulk_id=bulk_id)
    assert {entry.room_id for entry in entries} == {
        room.pk for room in rooms if room.max_members != 9
    }
    assert {(entry.door, entry.author_id) for entry in entries} == {("bulk", str(token.pk))}


def test_each_result_shows_before_and_after(bulk, rooms):
    [result] = bulk(ids(rooms[:1]), {"set": {"max_members": 9}}).json()["results"]

    assert result["changes"] == {"max_members": [5, 9]}
    assert result["name"] == rooms[0].name
    assert result["version"] == 2


def test_rooms_with_the_same_values_are_not_written(bulk, rooms):
    bulk(ids(rooms), {"set": {"max_members": 9}})
    before = list(RoomChange.objects.values())

    response = bulk(ids(rooms), {"set": {"max_members": 9}})

    assert response.json()["counts"]["unchanged"] == 4
    assert list(RoomChange.objects.values()) == before


def test_shift_moves_the_times_that_a_room_has(bulk, project):
    scheduled = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(hours=8))
    unscheduled = RoomFactory(project=project)

    response = bulk(ids([scheduled, unscheduled]), {"shift": {"join_from": -3600}})

    assert outcomes(response) == {str(scheduled.pk): "changed", str(unscheduled.pk): "unchanged"}
    scheduled.refresh_from_db()
    assert scheduled.join_from == NINE - timedelta(hours=1)
    assert scheduled.join_until == NINE + timedelta(hours=8)


def test_window_is_validated_with_its_new_times(bulk, project):
    short = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(minutes=30))
    long = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(hours=8))

    response = bulk(ids([short, long]), {"shift": {"join_from": 3600}}, mode="valid")

    assert outcomes(response) == {str(short.pk): "refused", str(long.pk): "changed"}
    [refused] = [one for one in response.json()["results"] if one["outcome"] == "refused"]
    assert [(error["attribute"], error["code"]) for error in refused["errors"]] == [
        ("join_until", "invalid_join_until_date")
    ]


def test_all_or_nothing_changes_no_room_if_one_is_refused(bulk, project, rooms):
    short = RoomFactory(project=project, join_from=NINE, join_until=NINE + timedelta(minutes=30))

    with nothing_changes():
        response = bulk(
            ids([*rooms, short]), {"set": {"quality": "1080p"}, "shift": {"join_from": 3600}}
        )

    assert response.status_code == 422
    assert response.json()["applied"] is False
    assert response.json()["counts"]["refused"] == 1
    assert [error["attribute"] for error in response.json()["errors"]] == ["rooms"]


@pytest.mark.parametrize(
    ("asked", "members"),
    [({}, [9, 6]), ({"unless_refused": False}, [9, 6]), ({"unless_refused": True}, [5, 6])],
)
def test_chunk_is_written_without_refused_rooms_or_not_at_all(rooms, asked, members):
    edits = {rooms[0].pk: {"max_members": 9}, rooms[1].pk: {"max_members": 0}}

    results = change_chunk(Room.objects, edits, by=TESTS, bulk_id=uuid.uuid4(), **asked)

    assert [type(became) for _, became in results] == [Change, ValidationError]
    stored = Room.objects.filter(pk__in=edits).order_by("pk")
    assert list(stored.values_list("max_members", flat=True)) == members


def test_shift_beyond_the_calendar_is_refused(bulk, project):
    room = RoomFactory(project=project, join_from=datetime(2999, 12, 31, tzinfo=UTC))

    with nothing_changes():
        response = bulk(ids([room]), {"shift": {"join_from": 86400}})

    [result] = response.json()["results"]
    assert result["errors"][0]["code"] == "not_a_datetime"


def test_filter_selects_the_same_rooms_as_the_list(bulk, project, rooms):
    RoomFactory(project=project, layout="5x5")

    response = bulk({"filter": {"layout": "5x5"}}, {"set": {"record_on_start": True}})

    assert response.json()["counts"]["changed"] == 1
    assert Room.objects.filter(record_on_start=True).get().layout == "5x5"


def test_empty_filter_selects_every_room_of_the_project_only(bulk, rooms):
    foreign = RoomFactory(project=ProjectFactory())

    bulk({"filter": {}}, {"set": {"quality": "1080p"}})

    assert Room.objects.filter(quality="1080p").count() == len(rooms)
    foreign.refresh_from_db()
    assert foreign.quality == "720p"


def test_room_of_another_project_is_refused_as_missing(bulk, rooms):
    foreign = RoomFactory(project=ProjectFactory())

    with nothing_changes():
        response = bulk(ids([rooms[0], foreign]), {"set": {"quality": "1080p"}})

    assert outcomes(response)[str(foreign.pk)] == "refused"


def test_more_rooms_than_a_chunk_are_all_changed(bulk, project):
    for _ in range(CHUNK + 3):
        RoomFactory(project=project)

    response = bulk({"filter": {"quality": "720p"}}, {"set": {"quality": "1080p"}})

    assert response.json()["counts"]["changed"] == CHUNK + 3
    assert not Room.objects.filter(quality="720p").exists()


def test_live_room_is_marked(bulk, rooms):
    SessionFactory(room=rooms[0])

    response = bulk(ids(rooms), {"set": {"quality": "1080p"}})

    live = [result["id"] for result in response.json()["results"] if result.get("live")]
    assert live == [str(rooms[0].pk)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"select", "change"}),
        ({"select": {"filter": {}}, "change": {}}, {"change"}),
        ({"select": {"filter": {}}, "change": {"sett": {}}}, {"change"}),
        ({"select": {"filter": {}}, "change": {"set": []}}, {"change.set"}),
        ({"select": {"filter": {}}, "change": {"clear": [1]}}, {"change.clear"}),
        ({"select": {"filter": {}}, "change": {"set": {"max_members": 0}}}, {"max_members"}),
        ({"select": {"filter": {}}, "change": {"set": {"max_member": 5}}}, {"max_member"}),
        ({"select": {"filter": {}}, "change": {"set": {"name": "x"}}}, {"name"}),
        ({"select": {"filter": {}}, "change": {"clear": ["quality"]}}, {"quality"}),
        ({"select": {"filter": {}}, "change": {"clear": ["version"]}}, {"version"}),
        ({"select": {"filter": {}}, "change": {"shift": {"join_from": "1h"}}}, {"join_from"}),
        ({"select": {"filter": {}}, "change": {"shift": {"join_from": True}}}, {"join_from"}),
        ({"select": {"filter": {}}, "change": {"shift": {"join_from": 0}}}, {"join_from"}),
        ({"select": {"filter": {}}, "change": {"shift": {"join_from": 10**12}}}, {"join_from"}),
        ({"select": {"filter": {}}, "change": {"shift": {"quality": 1}}}, {"quality"}),
        (
            {
                "select": {"filter": {}},
                "change": {"clear": ["join_from"], "shift": {"join_from": 60}},
            },
            {"join_from"},
        ),
        ({"select": {}, "change": {"set": {"max_members": 5}}}, {"select"}),
        ({"select": {"filter": []}, "change": {"set": {"max_members": 5}}}, {"select"}),
        ({"select": {"filter": {"qality": "720p"}}, "change": {"clear": []}}, {"qality"}),
        ({"select": {"filter": {"quality": "4k"}}, "change": {"clear": []}}, {"quality"}),
        ({"select": {"filter": {"name": ""}}, "change": {"clear": []}}, {"name"}),
        ({"select": {"ids": []}, "change": {"clear": []}}, {"select.ids"}),
        ({"select": {"ids": ["x"]}, "change": {"clear": []}}, {"select.ids"}),
        ({"select": {"ids": "x"}, "change": {"clear": []}}, {"select.ids"}),
        ({"select": {"filter": {}}, "change": {"clear": []}, "mode": "some"}, {"mode"}),
        ({"select": {"filter": {}}, "change": {"clear": []}, "dry": True}, {"dry"}),
    ],
)
def test_invalid_request_is_refused_before_rooms_are_read(api, rooms, body, expected):
    with nothing_changes():
        response = api.post(BULK_URL, body)

    assert {attribute for attribute, _ in faults(response)} == expected


def test_message_names_the_field_that_cannot_be_set(bulk, rooms):
    response = bulk(ids(rooms), {"set": {"colour": "red", "name": "x"}})

    assert messages(response) == {
        "colour": "colour cannot be set.",
        "name": "name is fixed once a room is created.",
    }


def test_repeated_id_is_refused(bulk, rooms):
    with nothing_changes():
        response = bulk(ids([rooms[0], rooms[0]]), {"set": {"quality": "1080p"}})

    assert faults(response) == [("select.ids", "invalid_parameter")]


def test_all_errors_of_a_bulk_request_are_reported_together(api):
    response = api.post(
        BULK_URL,
        {"select": {"filter": {"quality": "4k"}}, "change": {"set": {"max_members": 0}}, "mode": 1},
    )

    assert {attribute for attribute, _ in faults(response)} == {"quality", "max_members", "mode"}


def test_dry_run_returns_the_same_and_writes_nothing(bulk, rooms):
    with nothing_changes():
        dry = bulk(ids(rooms), {"set": {"max_members": 6}}, query="?dry_run=true").json()

    wet = bulk(ids(rooms), {"set": {"max_members": 6}}).json()
    assert dry["results"] == wet["results"]
    assert dry["counts"] == wet["counts"]
    assert (dry["applied"], wet["applied"]) == (False, True)


def test_project_that_requires_versions_refuses_bulk_changes(bulk, project, rooms):
    project.requires_if_match = True
    project.save()

    with nothing_changes():
        response = bulk(ids(rooms), {"set": {"quality": "1080p"}})

    assert response.status_code == 428


def test_room_named_bulk_can_be_read(api, project):
    room = RoomFactory(project=project, name="bulk")

    assert api.get(BULK_URL).json()["id"] == str(room.pk)


class TestIdempotencyKey:
    SHIFT = {"shift": {"join_from": 3600}}

    @pytest.fixture
    def room(self, project):
        return RoomFactory(project=project, join_from=NINE)

    def test_repeated_request_has_the_same_response_and_no_second_effect(self, bulk, room):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        first = bulk(ids([room]), self.SHIFT, headers=headers)
        with nothing_changes():
            second = bulk(ids([room]), self.SHIFT, headers=headers)

        assert second.json() == first.json()
        assert first.json()["results"][0]["outcome"] == "changed"

    def test_refusal_is_repeated_too(self, bulk, room):
        headers = {"Idempotency-Key": "k"}
        beyond = {"set": {"join_until": "2020-01-01"}}
        with nothing_changes():
            first = bulk(ids([room]), beyond, headers=headers)
            second = bulk(ids([room]), beyond, headers=headers)

        assert (first.status_code, second.status_code) == (422, 422)
        assert second.json() == first.json()

    def test_other_body_with_the_same_key_is_refused(self, bulk, room):
        bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})
        with nothing_changes():
            other = {"shift": {"join_from": 60}}
            response = bulk(ids([room]), other, headers={"Idempotency-Key": "k"})

        assert faults(response) == [("Idempotency-Key", "invalid_parameter")]

    def test_request_in_progress_is_a_conflict(self, bulk, room, started_call):
        started_call(minutes_ago=1)
        with nothing_changes():
            response = bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})

        assert response.status_code == 409
        assert int(response.headers["Retry-After"]) > 0

    def test_request_of_a_dead_server_is_continued(self, bulk, room, started_call):
        done = RoomFactory(project=room.project, join_from=NINE)
        call = started_call(minutes_ago=11, rooms=[room, done])
        # The first request changed and recorded this room, but did not answer.
        bulk(ids([done]), self.SHIFT)
        RoomChange.objects.filter(room_id=done.pk, version=2).update(bulk_id=call.pk)

        response = bulk(ids([room, done]), self.SHIFT, headers={"Idempotency-Key": "k"})

        assert set(outcomes(response).values()) == {"changed"}
        done.refresh_from_db()
        assert done.join_from == NINE + timedelta(hours=1)
        assert response.json()["bulk_id"] == str(call.pk)

    def test_key_is_deleted_after_a_day(self, bulk, room, started_call):
        started_call(minutes_ago=24 * 60 + 1)

        response = bulk(ids([room]), {"shift": {"join_from": 60}}, headers={"Idempotency-Key": "k"})

        assert response.status_code == 200

    def test_keys_of_projects_are_separate(self, bulk, room, client_for):
        bulk(ids([room]), self.SHIFT, headers={"Idempotency-Key": "k"})
        foreign = RoomFactory()

        response = client_for(project=foreign.project).post(
            BULK_URL,
            {"select": ids([foreign]), "change": {"set": {"quality": "1080p"}}},
            headers={"Idempotency-Key": "k"},
        )

        assert response.status_code == 200

    @pytest.fixture
    def started_call(self, project, room, bulk):
        """Store a request with the key k, as a server does before it answers."""

        def start(minutes_ago, rooms=(room,)):
            select = ids(rooms)
            at = timezone.now() - timedelta(minutes=minutes_ago)
            sent = {"select": select, "change": self.SHIFT}
            call = IdempotentCall.begin(project.pk, "k", BULK_URL, sent)
            IdempotentCall.objects.filter(pk=call.pk).update(started_at=at)
            return call

        return start
