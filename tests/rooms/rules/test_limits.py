"""One table of invalid values for every channel; each channel rejects each value with the same
message.
"""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from rooms.bulk import csv_files
from rooms.changes import change_room
from rooms.forms import RoomForm
from rooms.models import Room, RoomSettings
from tests.factories import TESTS, RoomFactory, StaffFactory
from tests.support.api import ROOMS_URL, nothing_changes, room_url


class No(str):
    """The reason why a channel has no row: the value cannot be sent there."""


SAME = object()

READ_ONLY = No("the API ignores it: test_update_room.py, test_read_only_fields_are_ignored")
NOT_ON_THE_FORM = No("the form has no such field")
A_BOX = No("a checkbox is checked or not; there is no third value")
TYPED = No("a user types text, and the text has its own row")
NULL_IS_BLANK = No("empty form input is null, and null has its own row")
COERCED = No("both databases convert it to the column's type")
SQLITE_COERCES = No("SQLite converts it to the column's type; PostgreSQL refuses the type")
TEXT_IS_TEXT = No("the column is text, and SQL writes the number as text")
UNSENDABLE = No("no driver can send it")
NO_FORM_SENDS = No("no browser can send it: forms are UTF-8")
RIGHT_IN_SQL = No("it is a valid value of the database's own type")
STORED_AS_TEXT = No("the column stores text; the field validates the inner types")


@dataclass(frozen=True)
class Bad:
    """An invalid `value` for API and shell, with its form text and SQL value, or the reason why it
    has no such value.
    """

    field: str
    value: Any
    code: str
    typed: Any = SAME
    sql: Any = SAME
    # The field that the message is about, if it is another one.
    told_of: str = ""
    api: Any = SAME

    def __str__(self):
        return f"{self.field}={ascii(self.value)[:40]}"

    def at(self, door):
        own = {"form": self.typed, "admin": self.typed, "sql": self.sql, "api": self.api}
        value = own.get(door, SAME)
        if value is not SAME:
            return value
        if door in ("form", "admin"):
            return "" if self.value is None else str(self.value)
        return self.value


PARAMETER, NUMBER, BOOLEAN = "invalid_parameter", "not_an_integer", "not_a_boolean"
MOMENT, STRING, HASH = "not_a_datetime", "not_a_string", "not_a_hash"

# The room is open from 12:00 to 13:00, and everyone is removed at 14:00.
TWELVE, ONE = datetime(2030, 1, 1, 12, tzinfo=UTC), datetime(2030, 1, 1, 13, tzinfo=UTC)
TWO = datetime(2030, 1, 1, 14, tzinfo=UTC)
LONG_AGO = datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
FAR_OFF = datetime(3000, 1, 1, tzinfo=UTC)


def numbers(field, low, high):
    return [
        *[Bad(field, value, PARAMETER) for value in (low - 1, -1, high + 1, -(2**31) - 1)],
        Bad(field, 2**63, PARAMETER, sql=UNSENDABLE),
        Bad(field, 1.5, PARAMETER, typed=TYPED, sql=COERCED),
        Bad(field, True, NUMBER, typed=TYPED, sql=SQLITE_COERCES),
        Bad(field, [], NUMBER, typed=TYPED, sql=UNSENDABLE),
        Bad(field, "20.0", NUMBER, sql=SQLITE_COERCES),
        Bad(field, " 20", NUMBER, sql=COERCED),
        *[Bad(field, text, NUMBER) for text in ("many", "1e400")],
        Bad(field, "2_0", NUMBER, sql=No("PostgreSQL reads it as 20")),
        Bad(field, "\uff12\uff10", NUMBER),
        Bad(field, "", NUMBER, typed=NULL_IS_BLANK),
    ]


def choices(field, *near):
    return [
        Bad(field, None, PARAMETER),
        *[Bad(field, text, PARAMETER) for text in near],
        Bad(field, "", PARAMETER, typed=NULL_IS_BLANK),
        Bad(field, near[0] + "\x00", PARAMETER),
        Bad(field, "<script>alert(1)</script>", PARAMETER),
        Bad(field, "x" * 100_000, PARAMETER),
        Bad(field, "\ud800", PARAMETER, typed=NO_FORM_SENDS, sql=UNSENDABLE),
        Bad(field, 720, PARAMETER, typed=TYPED),
        Bad(field, True, PARAMETER, typed=TYPED),
        Bad(field, {"$ne": 1}, PARAMETER, typed=TYPED, sql=UNSENDABLE),
    ]


def switches(field):
    return [
        Bad(field, None, BOOLEAN, typed=A_BOX),
        Bad(field, 2, BOOLEAN, typed=A_BOX),
        Bad(field, 1, BOOLEAN, typed=A_BOX, sql=SQLITE_COERCES),
        Bad(field, "yes", BOOLEAN, typed=A_BOX, sql=No("PostgreSQL reads yes as true")),
        Bad(field, "maybe", BOOLEAN, typed=A_BOX),
        Bad(field, "", BOOLEAN, typed=A_BOX),
        Bad(field, {}, BOOLEAN, typed=A_BOX, sql=UNSENDABLE),
    ]


def moments(field):
    return [
        Bad(field, "now", MOMENT, sql=No("PostgreSQL accepts 'now' as a time")),
        Bad(field, "20300101", MOMENT, sql=No("PostgreSQL reads it as a date")),
        Bad(field, "2030-13-01T00:00:00Z", MOMENT, sql=No("SQLite accepts any text as a time")),
        Bad(field, "2030-01-01T12:00:00Z\x00", MOMENT, sql=No("the driver refuses it")),
        Bad(field, "9999-12-31T23:59:59Z", MOMENT, sql=FAR_OFF),
        Bad(field, "1969-12-31T23:59:59Z", MOMENT, sql=LONG_AGO),
        Bad(field, "", MOMENT, typed=NULL_IS_BLANK, sql=No("SQLite accepts any text as a time")),
        Bad(field, 1893456000, MOMENT, typed=TYPED, sql=No("SQLite accepts a number as a time")),
        Bad(field, True, MOMENT, typed=TYPED, sql=No("SQLite accepts a number as a time")),
    ]


def texts(field, longest):
    return [
        Bad(field, "x" * (longest + 1), PARAMETER),
        Bad(field, "\U0001f600" * (longest + 1), PARAMETER),
        Bad(field, "a\x00b", PARAMETER),
        Bad(field, "a\x07", PARAMETER),
        Bad(field, "a\x85", PARAMETER),
        Bad(field, "a\rb", PARAMETER),
        Bad(field, "\udc00", PARAMETER, typed=NO_FORM_SENDS, sql=UNSENDABLE),
        Bad(field, 5, STRING, typed=TYPED, sql=TEXT_IS_TEXT),
        Bad(field, True, STRING, typed=TYPED, sql=TEXT_IS_TEXT),
        Bad(field, ["x"], STRING, typed=TYPED, sql=UNSENDABLE),
    ]


TABLE = [
    *numbers("max_members", 1, 300),
    Bad("max_members", None, NUMBER),
    *numbers("remove_after_seconds_elapsed", 1, 2**31 - 1),
    *choices("quality", "720P", "4k"),
    *choices("layout", "Grid-responsive", "1x10"),
    *switches("record_on_start"),
    *switches("enable_room_previews"),
    *switches("audio_video_sync"),
    *moments("join_from"),
    *moments("join_until"),
    *moments("remove_at"),
    Bad("join_from", "2030-01-01T13:00:00Z", "invalid_join_until_date", sql=ONE,
        told_of="join_until"),
    Bad("join_until", "2030-01-01T12:00:00Z", "invalid_join_until_date", sql=TWELVE),
    Bad("join_until", "2029-01-01", "invalid_join_until_date",
        sql=datetime(2029, 1, 1, tzinfo=UTC)),
    Bad("remove_at", "2030-01-01T12:00:00Z", PARAMETER, sql=TWELVE),
    *texts("display_name", 200),
    *[Bad("display_name", text, PARAMETER) for text in (" ", "a\nb", "a\r\nb", "a\tb", "a\u202eb")],
    *[Bad("display_name", text, PARAMETER) for text in ("\u200b\u2060", "\u3000", "a\u2028b")],
    Bad("display_name", "", PARAMETER, typed=NULL_IS_BLANK),
    *texts("description", 3000),
    Bad("meta", {"k": "x" * 1993}, PARAMETER, typed='{"k":"%s"}' % ("x" * 1993),
        sql='{"k":"%s"}' % ("x" * 1993)),
    Bad("meta", [], HASH, typed="[]", sql="[]"),
    Bad("meta", 5, HASH, typed="5", sql="5"),
    Bad("meta", True, HASH, typed="true", sql="true"),
    Bad("meta", "x", HASH, sql="x"),
    Bad("meta", "", HASH, typed=NULL_IS_BLANK),
    Bad("meta", {"k": "a\x00"}, HASH, typed='{"k":"a\\u0000"}', sql=STORED_AS_TEXT),
    Bad("meta", {"k": "\ud800"}, HASH, typed='{"k":"\\ud800"}', sql=STORED_AS_TEXT),
    # Fixed or read-only fields; the API repeats the message of change_room for the name only.
    Bad("name", "two words", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "x" * 101, PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", "a\n", PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("name", None, PARAMETER, typed=NOT_ON_THE_FORM),
    Bad("fps", 25, "unknown_parameter", typed=NOT_ON_THE_FORM, api=READ_ONLY),
    Bad("fps", None, "unknown_parameter", typed=NOT_ON_THE_FORM, api=READ_ONLY),
]  # fmt: skip


def rows(door):
    """Parametrize a test with the table's rows for a channel."""
    return pytest.mark.parametrize(
        "bad", [bad for bad in TABLE if not isinstance(bad.at(door), No)], ids=str
    )


@pytest.fixture
def room(project):
    return RoomFactory(
        project=project, name="room", join_from=TWELVE, join_until=ONE, remove_at=TWO
    )


@pytest.fixture
def words(room):
    """The message of change_room, called with Python values."""

    def say(bad):
        with nothing_changes(), pytest.raises(ValidationError) as refusal:
            change_room(Room.objects.all(), room.pk, {bad.field: bad.value}, by=TESTS)
        return _first(refusal.value.error_dict, bad)

    return say


def _first(error_dict, bad):
    (fault, *_) = error_dict[bad.told_of or bad.field]
    assert fault.code == bad.code
    return fault.message


@rows("shell")
def test_shell_refuses(words, bad):
    field = bad.told_of or bad.field

    assert words(bad).startswith((f"{field} must ", "name is fixed", "fps cannot"))


@rows("api")
def test_api_refuses_with_the_message_of_the_shell(api, room, words, bad):
    with nothing_changes():
        response = api.put(room_url(room), {bad.field: bad.at("api")})

    assert response.status_code == 422, response.content
    told = {error["attribute"]: error for error in response.json()["errors"]}
    assert list(told) == [bad.told_of or bad.field]
    assert told[bad.told_of or bad.field]["code"] == bad.code
    assert told[bad.told_of or bad.field]["message"] == words(bad)


@rows("api")
def test_bulk_change_refuses_with_the_message_of_the_shell(api, room, words, bad):
    body = {
        "select": {"ids": [str(room.pk)]},
        "change": {"set": {bad.field: bad.at("api")}},
    }
    with nothing_changes():
        response = api.post(f"{ROOMS_URL}/bulk", body)

    assert response.status_code == 422, response.content
    # Faults that need no room are reported for the whole request, others for the room.
    [result] = response.json().get("results", [response.json()])
    told = {error["attribute"]: error["message"] for error in result["errors"]}
    assert told == {bad.told_of or bad.field: words(bad)}


@rows("form")
def test_csv_import_refuses(api, room, bad):
    text = str(bad.at("form"))
    file = io.StringIO()
    csv.writer(file).writerows([("id", bad.field), (room.pk, text and csv_files.safe(text))])
    data = file.getvalue().encode("utf-8", "surrogatepass")

    with nothing_changes():
        response = api.generic("POST", f"{ROOMS_URL}/bulk", data, content_type="text/csv")

    assert response.status_code == 422, response.content


def typed(room, bad):
    """Return the data that a browser sends after one field of the room form changed to `bad`."""
    form = RoomForm(instance=room)
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value is not False}
    return {**sent, bad.field: bad.at("form")}


def same_words(message, bad, words):
    """Compare two messages without the value, because typed text stays text."""
    expected = words(bad)
    if isinstance(bad.value, str) or not isinstance(bad.at("form"), str):
        return message == expected
    return message.rpartition(", not ")[0] == expected.rpartition(", not ")[0]


@rows("form")
def test_form_refuses_with_the_message_of_the_shell(room, words, bad):
    form = RoomForm(typed(room, bad), instance=room)

    with nothing_changes():
        assert form.is_valid()
        assert form.apply(by=TESTS) is None

    assert list(form.errors) == [bad.told_of or bad.field]
    assert same_words(form.errors[bad.told_of or bad.field][0], bad, words)


@rows("admin")
def test_admin_refuses_with_the_message_of_the_shell(client, room, words, bad):
    client.force_login(StaffFactory())

    with nothing_changes():
        response = client.post(reverse("admin:rooms_room_change", args=[room.pk]), typed(room, bad))

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == [bad.told_of or bad.field]
    assert same_words(errors[bad.told_of or bad.field][0], bad, words)


@rows("sql")
def test_database_refuses(room, bad):
    value = bad.at("sql")
    if isinstance(value, datetime):
        value = connection.ops.adapt_datetimefield_value(value)
    statement = f'UPDATE rooms_room SET "{bad.field}" = %s'  # noqa: S608 - our own names

    with (
        nothing_changes(),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(statement, [value])


def test_every_setting_and_editable_field_has_rows_in_every_channel():
    fields = {field.name for field in RoomSettings._meta.fields}
    fields |= {f.name for f in Room._meta.fields if f.editable and not f.primary_key}

    assert {bad.field for bad in TABLE} == fields
    for door in ("api", "form", "admin", "shell", "sql"):
        having = {bad.field for bad in TABLE if not isinstance(bad.at(door), No)}
        lacking = {bad.field: bad.at(door) for bad in TABLE if bad.field not in having}
        # If a channel never accepts a field, each of the field's rows must give the reason.
        assert set(lacking) <= {"fps", "name", *_switches()}, (door, lacking)


def _switches():
    return [f.name for f in Room._meta.fields if f.get_internal_type() == "BooleanField"]


def test_unchecked_box_is_false_and_any_other_value_is_true(room):
    # This is why a form has no rows for booleans: any value is one of the two.
    for sent, value in (("on", True), ("maybe", True), ("false", False)):
        form = RoomForm({**typed(room, TABLE[0]), "record_on_start": sent}, instance=room)
        assert form.is_valid()
        assert form.cleaned_data["record_on_start"] is value
