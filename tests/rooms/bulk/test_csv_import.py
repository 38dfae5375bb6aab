"""CSV import of rooms, with the engine of all bulk changes."""

import csv
import io

import pytest

from rooms.bulk.csv_cells import COLUMNS
from rooms.models import Room
from tests.factories import RoomFactory
from tests.support.api import nothing_changes, room_url
from tests.support.bulk import BULK_URL
from tests.support.csv_files import export, refusals

# --- Export and import again
TRICKY = {
    "display_name": '=HYPERLINK("http://evil","x")',
    "description": 'one\r\ntwo\n\tthree "quoted", and; more',
    "meta": {"a": [1, 2.5, None, True], "é": "=1"},
    "join_from": "2030-01-01T00:00:00Z",
    "remove_after_seconds_elapsed": 60,
}


@pytest.mark.parametrize("query", ["", "?bom=true"])
def test_importing_an_export_changes_nothing(api, project, room, post_csv, query):
    api.put(room_url(room), TRICKY)
    RoomFactory(project=project, description="")
    RoomFactory(project=project, display_name="'=1", description="'")

    with nothing_changes():
        response = post_csv(export(api, query))

    assert response.json()["counts"] == {"created": 0, "changed": 0, "unchanged": 3, "refused": 0}


def test_importing_an_export_elsewhere_creates_the_same_rooms(api, room, post_csv, client_for):
    api.put(room_url(room), TRICKY)
    rows = list(csv.DictReader(io.StringIO(export(api))))
    foreign = RoomFactory()
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in COLUMNS if name not in ("id", "version")])
    writer.writeheader()
    writer.writerows({name: row[name] for name in writer.fieldnames} for row in rows)

    response = client_for(project=foreign.project).generic(
        "POST", BULK_URL + "?create=true", text.getvalue().encode(), content_type="text/csv"
    )

    assert response.json()["counts"]["created"] == 1
    copy = Room.objects.get(project=foreign.project, name=room.name)
    assert {name: getattr(copy, name) for name in ("display_name", "description", "meta")} == {
        name: TRICKY[name] for name in ("display_name", "description", "meta")
    }


def test_name_like_a_formula_is_exported_and_imported(api, project, post_csv):
    room = RoomFactory(project=project, name="-2-3")
    text = export(api)

    assert f"{room.pk},'-2-3,1," in text
    assert post_csv(text).json()["counts"]["unchanged"] == 1
    assert post_csv("name,max_members\n'-2-3,7\n").json()["counts"]["changed"] == 1
    assert post_csv("name,max_members\n-2-3,8\n").json()["counts"]["changed"] == 1


# --- Import
def test_row_is_matched_by_name_and_changes_only_its_columns(room, post_csv):
    response = post_csv(f"name,max_members\n{room.name},30\n")

    assert response.status_code == 200
    room.refresh_from_db()
    assert (room.max_members, room.quality, room.version) == (30, "720p", 2)
    assert response.json()["results"][0]["line"] == 2


def test_row_is_matched_by_id(room, post_csv, token):
    response = post_csv(f"id,max_members\n{room.pk},30\n")

    [result] = response.json()["results"]
    assert (result["outcome"], result["changes"]) == ("changed", {"max_members": [20, 30]})


def test_empty_cell_clears_a_field(api, room, post_csv):
    api.put(room_url(room), {"join_from": "2030-01-01"})

    post_csv(f"name,join_from,display_name\n{room.name},,\n")

    room.refresh_from_db()
    assert (room.join_from, room.display_name) == (None, room.name)


def test_unknown_name_creates_a_room_on_request(project, post_csv):
    response = post_csv("name,max_members\nnew-room,30\n", "?create=true")

    room = Room.objects.get(name="new-room", project=project)
    assert (room.max_members, room.quality) == (30, "720p")
    assert response.json()["results"][0]["outcome"] == "created"


def test_dry_run_of_an_import_writes_nothing(room, post_csv):
    text = f"name,max_members\n{room.name},30\nnew-room,5\n"
    with nothing_changes():
        dry = post_csv(text, "?create=true&dry_run=true").json()

    wet = post_csv(text, "?create=true").json()
    assert dry["counts"] == wet["counts"]
    assert [result["outcome"] for result in dry["results"]] == ["changed", "created"]


@pytest.mark.parametrize(
    "text",
    [
        "name;max_members\r\n{0};30\r\n",
        "\ufeffname,max_members\n{0},30\n",
        '"name","max_members"\n"{0}","30"\n',
        "name,max_members\n\n{0},30\n\n",
        " name , max_members \n{0},30\n",
        "name,max_members,created_at\n{0},30,whenever\n",
        "name,max_members\n{0},30",
    ],
)
def test_files_from_spreadsheets_are_read(room, post_csv, text):
    assert post_csv(text.format(room.name)).json()["counts"]["changed"] == 1


def test_quoted_newline_is_kept_and_does_not_count_as_a_row(project, post_csv):
    first, second = RoomFactory(project=project), RoomFactory(project=project)

    response = post_csv(
        f'name,description\n{first.name},"one\ntwo"\n{second.name},"a\rb"\n', "?mode=valid"
    )

    first.refresh_from_db()
    assert first.description == "one\ntwo"
    assert list(refusals(response)) == [3]
