"""The history as a CSV file: what its filter finds, one line for each changed field."""

import csv
import io

import pytest

from rooms.changes import delete_room
from rooms.models import Room
from rooms.pages.history import export
from tests.factories import TESTS, RoomFactory
from tests.support.history_pages import change
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


def rows(client, **query):
    response = client.get("/history.csv", query)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_line_has_the_field_its_values_and_both_names(client, room):
    log_in(client)
    entry = change(room, max_members=30, meta={"a": [1]})
    RoomFactory()

    first, second = rows(client, room="ward 3", action="changed")

    assert (first["field"], first["before"], first["after"]) == ("max_members", "20", "30")
    assert (second["field"], second["before"], second["after"]) == ("meta", "{}", '{"a": [1]}')
    assert (first["room_name"], first["display_name"]) == ("ward-3", "Ward 3")
    assert (first["room_id"], first["version"]) == (str(room.pk), "2")
    assert (first["author_name"], first["channel"]) == ("marta", "admin")
    assert first["at"] == f"{entry.at:%Y-%m-%dT%H:%M:%SZ}"


def test_no_cell_is_a_formula(client, room):
    log_in(client)
    change(room, display_name="=1+1", description="@SUM(A1)")
    delete_room(Room.objects.all(), room.pk, by=TESTS)

    cells = [cell for row in rows(client) for cell in row.values()]

    assert {"'=1+1", "'@SUM(A1)"} <= set(cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_all_changes_are_sent_in_statements_of_some(
    client, room, monkeypatch, django_assert_num_queries
):
    log_in(client)
    monkeypatch.setattr(export, "AT_ONCE", 3)
    for number in range(2, 8):
        change(room, max_members=number)
    client.get("/history.csv")

    with django_assert_num_queries(4):
        found = rows(client, action="changed")

    assert [row["after"] for row in found] == ["7", "6", "5", "4", "3", "2"]


def test_an_invalid_filter_leads_back_to_its_error(client, room):
    log_in(client)

    response = client.get(
        "/history.csv", {"since": "2026-05-02", "until": "2026-05-01"}, follow=True
    )

    assert "To must not be before From." in response.content.decode()
    assert "/history.csv" not in response.content.decode()
