"""New rooms of a CSV file: made many at once, each judged and told of by itself."""

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


def test_new_rooms_cost_the_same_whatever_their_number(post):
    costs = []
    for count in (1, 40):
        with CaptureQueriesContext(connection) as queries:
            post(names(count))
        costs.append(len(queries))

    assert Room.objects.count() == 41
    assert costs[0] == costs[1]


def test_more_than_a_chunk_are_made_in_the_order_of_their_lines(post):
    response = post(names(CHUNK + 2))

    results = response.json()["results"]
    assert [result["line"] for result in results] == list(range(2, CHUNK + 4))
    assert [str(pk) for pk in Room.objects.order_by("id").values_list("pk", flat=True)] == [
        result["id"] for result in results
    ]
    made = RoomChange.objects.filter(bulk_id=response.json()["bulk_id"], action="created")
    assert made.count() == CHUNK + 2


def test_one_refused_keeps_all_of_them_unmade(post):
    with nothing_changes():
        response = post("name,max_members\nfine,5\nnot-fine,0\n")

    assert response.status_code == 422
    assert outcomes(response) == ["created", "refused"]


def test_only_the_valid_are_made_when_told_so(post):
    response = post("name,max_members\nfine,5\nnot-fine,0\nalso-fine,6\n", "&mode=valid")

    assert outcomes(response) == ["created", "refused", "created"]
    assert set(Room.objects.values_list("name", "max_members")) == {("fine", 5), ("also-fine", 6)}


def test_many_leave_what_one_leaves(project):
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


def test_a_name_that_stands_twice_is_refused_the_second_time(project):
    rows = [{"name": "lobby"}, {"name": "lobby"}]

    found = create_chunk(project.pk, rows, by=TESTS, bulk_id=uuid.uuid4())

    assert found[0].room == Room.objects.get()
    assert found[1].error_dict["name"][0].code == "not_unique_within_project"


def test_a_name_taken_since_it_was_looked_up_is_refused_by_itself(project):
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
