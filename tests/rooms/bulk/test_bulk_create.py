"""New rooms from a CSV file: created in chunks, validated and reported one by one."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.bulk.engine import CHUNK
from rooms.changes import create_chunk, create_room
from rooms.models import Room, RoomChange
from tests.factories import TESTS
from tests.support.api import ROOMS_URL, nothing_changes


@pytest.fixture
def post(api):
    def send(text, query=""):
        url = f"{ROOMS_URL}/bulk?create=true{query}"
        return api.generic("POST", url, text.encode(), content_type="text/csv")

    return send


def outcomes(response):
    return [result["outcome"] for result in response.json()["results"]]


def names(count):
    return "name\n" + "".join(f"room-{count}-{number}\n" for number in range(count))


def test_number_of_queries_does_not_depend_on_the_number_of_new_rooms(post):
    costs = []
    for count in (1, 40):
        with CaptureQueriesContext(connection) as queries:
            post(names(count))
        costs.append(len(queries))

    assert Room.objects.count() == 41
    assert costs[0] == costs[1]


def test_rooms_beyond_one_chunk_are_created_in_file_order(post):
    response = post(names(CHUNK + 2))

    results = response.json()["results"]
    assert [result["line"] for result in results] == list(range(2, CHUNK + 4))
    assert [str(pk) for pk in Room.objects.order_by("id").values_list("pk", flat=True)] == [
        result["id"] for result in results
    ]
    made = RoomChange.objects.filter(bulk_id=response.json()["bulk_id"], action="created")
    assert made.count() == CHUNK + 2


def test_one_refused_room_prevents_all_creations(post):
    with nothing_changes():
        response = post("name,max_members\nfine,5\nnot-fine,0\n")

    assert response.status_code == 422
    assert outcomes(response) == ["created", "refused"]


def test_mode_valid_creates_only_valid_rooms(post):
    response = post("name,max_members\nfine,5\nnot-fine,0\nalso-fine,6\n", "&mode=valid")

    assert outcomes(response) == ["created", "refused", "created"]
    assert set(Room.objects.values_list("name", "max_members")) == {("fine", 5), ("also-fine", 6)}


def test_chunk_creates_the_same_rows_as_single_creations(project):
    values = {"max_members": 7, "meta": {"a": [1]}, "join_from": "2030-01-01", "quality": "1080p"}
    one = create_room(project.pk, {"name": "one", **values}, by=TESTS).room
    [change] = create_chunk(project.pk, [{"name": "two", **values}], by=TESTS, bulk_id=uuid.uuid4())

    kept = [Room.objects.filter(pk=pk).values().get() for pk in (one.pk, change.room.pk)]
    told = [RoomChange.objects.filter(room_id=row["id"]).values().get() for row in kept]

    differ = {"id", "name", "display_name", "created_at", "updated_at"}
    assert {key for key in kept[0] if kept[0][key] != kept[1][key]} == differ
    differ = {"id", "room_id", "room_name", "at", "changes", "bulk_id"}
    assert {key for key in told[0] if told[0][key] != told[1][key]} == differ
    assert told[0]["changes"].keys() == told[1]["changes"].keys()


def test_second_use_of_a_name_in_the_file_is_refused(project):
    rows = [{"name": "lobby"}, {"name": "lobby"}]

    found = create_chunk(project.pk, rows, by=TESTS, bulk_id=uuid.uuid4())

    assert found[0].room == Room.objects.get()
    assert found[1].error_dict["name"][0].code == "not_unique_within_project"


def test_name_taken_during_the_request_is_refused_alone(project):
    taken = []

    def take(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not taken and sql.startswith("SELECT"):
            taken.append(sql)
            create_room(project.pk, {"name": "second"}, by=TESTS)
        return found

    rows = [{"name": name} for name in ("first", "second", "third")]
    with connection.execute_wrapper(take):
        found = create_chunk(project.pk, rows, by=TESTS, bulk_id=uuid.uuid4())

    assert [isinstance(one, ValidationError) for one in found] == [False, True, False]
    assert found[1].error_dict["name"][0].code == "not_unique_within_project"
    assert set(Room.objects.values_list("name", flat=True)) == {"first", "second", "third"}
    assert RoomChange.objects.filter(action="created").count() == 3
