"""CSV export of rooms."""

import csv
import io
import re

import pytest
from hypothesis import example, given, strategies

from rooms.bulk.csv_cells import COLUMNS, safe, unsafe
from rooms.changes.validation import FIELDS, SETTINGS, as_json
from rooms.models import Room
from tests.factories import RoomFactory
from tests.support.api import ROOMS_URL, faults, room_url
from tests.support.csv_files import export


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


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r\n1", "\uff1d1"])
def test_formula_is_escaped(formula):
    assert safe(formula) == f"'{formula}"


TRICKY = strategies.text(alphabet="=-+@\uff1d;,\t\r\n' \"a", max_size=12)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(text=TRICKY)
@example(text="a;=HYPERLINK(1);b")
@example(text="First line\n=1+1")
def test_no_cell_is_a_formula_for_any_delimiter(delimiter, text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["1", safe(text)])

    rows = csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=delimiter)

    assert [cell for row in rows for cell in row if re.match("[=+@\uff1d-]", cell)] == []


@given(text=TRICKY)
def test_every_text_survives_export_and_import(text):
    assert unsafe(safe(text)) == text


@pytest.mark.parametrize("text", ["", "'", "''", "=1", "'=1", "''=1", "'quoted'", "plain", "a=1"])
def test_escaped_cell_is_imported_unchanged(text):
    assert unsafe(safe(text)) == text


@pytest.mark.parametrize("cell", ["'quoted'", "'tis", "plain"])
def test_cell_with_a_typed_apostrophe_keeps_it(cell):
    assert unsafe(cell) == cell
