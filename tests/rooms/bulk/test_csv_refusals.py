"""CSV import: invalid rows, files and options are refused."""

import pytest

from rooms.bulk import csv_files
from rooms.bulk.csv_files import InvalidCsv, read_csv
from tests.factories import RoomFactory
from tests.support.api import faults, nothing_changes, room_url
from tests.support.csv_files import refusals


def test_stale_row_is_refused(api, room, post_csv):
    api.put(room_url(room), {"max_members": 25})

    with nothing_changes():
        response = post_csv(f"id,version,max_members\n{room.pk},1,30\n")

    assert refusals(response) == {2: {"version": "stale"}}


def test_one_invalid_row_stops_the_whole_import(project, post_csv):
    good, bad = RoomFactory(project=project), RoomFactory(project=project)

    with nothing_changes():
        response = post_csv(f"name,max_members\n{good.name},30\n{bad.name},0\n")

    assert response.status_code == 422
    assert refusals(response) == {3: {"max_members": "invalid_parameter"}}


def test_mode_valid_imports_only_valid_rows(project, post_csv):
    good, bad = RoomFactory(project=project), RoomFactory(project=project)

    response = post_csv(f"name,max_members\n{good.name},30\n{bad.name},x\n", "?mode=valid")

    assert response.json()["counts"]["changed"] == 1
    assert refusals(response) == {3: {"max_members": "not_an_integer"}}


def test_unknown_name_is_refused(project, post_csv):
    with nothing_changes():
        response = post_csv("name,max_members\nnew-room,30\n")

    assert refusals(response) == {2: {"name": "not_found"}}


@pytest.mark.parametrize("name", ["a b", "", "x" * 101])
def test_invalid_name_is_refused(post_csv, project, name):
    with nothing_changes():
        response = post_csv(f"name,max_members\n{name},30\n", "?create=true")

    assert "name" in refusals(response)[2]


def test_room_that_is_twice_in_the_file_is_refused(room, post_csv):
    with nothing_changes():
        by_name = post_csv(f"name,max_members\n{room.name},30\n{room.name},31\n")
        by_both = post_csv(f"id,name,max_members\n{room.pk},,30\n,{room.name},31\n")

    assert refusals(by_name)[3] == {"name": "invalid_parameter", "id": "invalid_parameter"}
    assert refusals(by_both)[3] == {"id": "invalid_parameter"}


def test_row_with_another_name_for_an_id_is_refused(room, post_csv):
    with nothing_changes():
        response = post_csv(f"id,name,max_members\n{room.pk},other,30\n")

    assert refusals(response) == {2: {"name": "invalid_parameter"}}


def test_room_of_another_project_is_not_found(post_csv, project):
    foreign = RoomFactory()

    with nothing_changes():
        response = post_csv(f"id,max_members\n{foreign.pk},30\n")

    assert refusals(response) == {2: {"id": "not_found"}}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        (b"name\nM\xfcnchen\n", "UTF-8: see row 2"),
        ("max_members\n30\n", "id or name"),
        ("name,name\na,b\n", "twice"),
        ("name,max_member\na,5\n", "no column 'max_member'"),
        ("name,max_members\n", "no rows"),
        ('name,description\na,"open\n', "not CSV"),
    ],
)
def test_unreadable_file_is_refused_as_a_whole(project, post_csv, data, words):
    with nothing_changes():
        response = post_csv(data)

    assert response.status_code in (400, 422)
    assert words in response.content.decode()


def test_row_with_another_number_of_cells_is_refused(room, post_csv):
    with nothing_changes():
        response = post_csv(f"name,max_members\n{room.name}\n")

    assert refusals(response) == {2: {"row": "invalid_parameter"}}


def test_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(csv_files, "MOST_ROWS", 2)

    with pytest.raises(InvalidCsv, match="more than 2 rows"):
        read_csv(b"name\na\nb\nc\n")


def test_nul_is_refused_like_other_invalid_text(room, post_csv):
    with nothing_changes():
        response = post_csv(f"name,display_name\n{room.name},a\x00b\n")

    assert refusals(response) == {2: {"display_name": "invalid_parameter"}}


@pytest.mark.parametrize("query", ["?mode=some", "?create=maybe"])
def test_invalid_option_is_refused(room, post_csv, query):
    with nothing_changes():
        response = post_csv(f"name,max_members\n{room.name},30\n", query)

    assert len(faults(response)) == 1


def test_project_that_requires_versions_needs_the_version_column(project, room, post_csv):
    project.requires_if_match = True
    project.save()

    with nothing_changes():
        without = post_csv(f"name,max_members\n{room.name},30\n")
    with_version = post_csv(f"name,version,max_members\n{room.name},1,30\n")

    assert refusals(without) == {2: {"version": "missing_required_parameter"}}
    assert with_version.json()["counts"]["changed"] == 1
