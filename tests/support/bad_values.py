"""Invalid values of each type, and why a channel cannot send some of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


class No(str):
    """The reason why a channel has no row: the value cannot be sent there."""


SAME = object()
READ_ONLY = No("the API ignores it: test_update_room_keys.py, test_read_only_fields_are_ignored")
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
BEYOND_THE_CHECK = No("the CHECK lacks rare characters, because another one would read all rows")
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
