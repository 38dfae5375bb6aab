"""POST /rooms/bulk: refused rooms, and requests that are refused as a whole."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from rooms.changes import change_chunk
from rooms.changes.validation import Change
from rooms.models import Room
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.api import faults, messages, nothing_changes
from tests.support.bulk import BULK_URL, NINE, ids, outcomes


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


def test_room_of_another_project_is_refused_as_missing(bulk, rooms):
    foreign = RoomFactory(project=ProjectFactory())

    with nothing_changes():
        response = bulk(ids([rooms[0], foreign]), {"set": {"quality": "1080p"}})

    assert outcomes(response)[str(foreign.pk)] == "refused"


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
