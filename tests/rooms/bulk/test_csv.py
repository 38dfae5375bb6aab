"""CSV export and import of rooms, with the engine of all bulk changes."""

import csv
import io

import pytest

from rooms.bulk import csv_files
from rooms.bulk.csv_files import COLUMNS, InvalidCsv, read_csv, safe, unsafe
from rooms.changes.validation import FIELDS, SETTINGS, as_json
from rooms.models import Room
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes, room_url

BULK_URL = f"{ROOMS_URL}/bulk"


@pytest.fixture
def post_csv(api):
    def send(text, query=""):
        data = text if isinstance(text, bytes) else text.encode()
        return api.generic("POST", BULK_URL + query, data, content_type="text/csv")

    return send


def export(api, query=""):
    response = api.get(ROOMS_URL + query, headers={"Accept": "text/csv"})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def refusals(response):
    """Return {line: {attribute: code}} of the refused rows."""
    return {
        result["line"]: {error["attribute"]: error["code"] for error in result["errors"]}
        for result in response.json()["results"]
        if result["outcome"] == "refused"
    }


# --- Export


def test_export_has_id_name_version_and_every_setting(api, room):
    api.put(room_url(room), {"max_members": 30, "join_from": "2030-01-01", "meta": {"a": "é,;"}})

    [row] = csv.DictReader(io.StringIO(export(api)))

    assert tuple(row) == COLUMNS
    assert (row["id"], row["name"], row["version"]) == (str(room.pk), room.name, "2")
    assert (row["join_from"], row["record_on_start"]) == ("2030-01-01T00:00:00Z", "false")
    assert row["meta"] == '{"a":"é,;"}'


def test_filters_apply_to_an_export(api, project):
    RoomFactory(project=project)
    wanted = RoomFactory(project=project, quality="1080p")

    rows = list(csv.DictReader(io.StringIO(export(api, "?quality=1080p"))))

    assert [row["name"] for row in rows] == [wanted.name]


def test_invalid_filter_is_refused_as_json(api):
    response = api.get(ROOMS_URL + "?quality=4k", headers={"Accept": "text/csv"})

    assert faults(response) == [("quality", "invalid_parameter")]
    assert response.headers["Content-Type"] == "application/json"


def test_rooms_of_another_project_are_not_exported(api, room):
    RoomFactory()

    assert export(api).count("\r\n") == 2


def test_byte_order_mark_is_written_on_request(api, room):
    assert export(api, "?bom=true").startswith("\ufeffid,")
    assert export(api).startswith("id,")


def test_rooms_are_read_in_batches(project, django_assert_num_queries):
    rooms = [RoomFactory(project=project) for _ in range(7)]

    with django_assert_num_queries(3):
        batches = list(Room.objects.in_batches("name", at_once=3))

    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert [row for batch in batches for row in batch] == [(room.pk, room.name) for room in rooms]


def test_cell_equals_the_value_in_the_api(api, project):
    alike = {"max_members": 1, "record_on_start": True, "description": None, "quality": "1080p"}
    others = [{}, {"meta": {"large": 2**70, "e": 1e22, "é": [None]}}, {"description": ""}]
    for values in (alike, alike, *others):
        RoomFactory(project=project, **values)

    rows = csv.DictReader(io.StringIO(export(api)))

    for row, room in zip(rows, Room.objects.order_by("pk"), strict=True):
        said = {name: as_json(name, (getattr(room, name),))[0] for name in SETTINGS}
        texts = {n: "" if v is None else safe(FIELDS[n].to_text(v)) for n, v in said.items()}
        assert {name: row[name] for name in SETTINGS} == texts


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "\uff1d1"])
def test_formula_is_escaped(formula):
    assert safe(formula) == f"'{formula}"


@pytest.mark.parametrize("text", ["", "'", "''", "=1", "'=1", "''=1", "'quoted'", "plain", "a=1"])
def test_escaped_cell_is_imported_unchanged(text):
    assert unsafe(safe(text)) == text


@pytest.mark.parametrize("cell", ["'quoted'", "'tis", "plain"])
def test_cell_with_a_typed_apostrophe_keeps_it(cell):
    assert unsafe(cell) == cell


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


def test_unknown_name_creates_a_room_on_request(project, post_csv):
    response = post_csv("name,max_members\nnew-room,30\n", "?create=true")

    room = Room.objects.get(name="new-room", project=project)
    assert (room.max_members, room.quality) == (30, "720p")
    assert response.json()["results"][0]["outcome"] == "created"


@pytest.mark.parametrize("name", ["a b", "", "x" * 101])
def test_invalid_name_is_refused(post_csv, project, name):
    with nothing_changes():
        response = post_csv(f"name,max_members\n{name},30\n", "?create=true")

    assert "name" in refusals(response)[2]


def test_dry_run_of_an_import_writes_nothing(room, post_csv):
    text = f"name,max_members\n{room.name},30\nnew-room,5\n"
    with nothing_changes():
        dry = post_csv(text, "?create=true&dry_run=true").json()

    wet = post_csv(text, "?create=true").json()
    assert dry["counts"] == wet["counts"]
    assert [result["outcome"] for result in dry["results"]] == ["changed", "created"]


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


def test_quoted_newline_is_kept_and_counted_as_a_line(project, post_csv):
    first, second = RoomFactory(project=project), RoomFactory(project=project)

    response = post_csv(
        f'name,description\n{first.name},"one\ntwo"\n{second.name},"a\rb"\n', "?mode=valid"
    )

    first.refresh_from_db()
    assert first.description == "one\ntwo"
    assert list(refusals(response)) == [4]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        (b"name\nM\xfcnchen\n", "UTF-8: see line 2"),
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
