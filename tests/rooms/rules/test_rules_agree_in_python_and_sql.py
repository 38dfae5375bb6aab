"""Each rule exists in Python and in SQL: both accept the same values."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.values.characters import NOT_IN_A_LINE, NOT_IN_PARAGRAPHS, VISIBLE
from access.values.timestamps import EARLIEST, LATEST
from rooms.models import Room
from rooms.rules.constraints import Rule, rule_of

# The room is created once for all examples of a test, and each example is rolled back.
many = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)

SECOND = timedelta(seconds=1)

# The ends of the ranges that rules forbid, and their neighbours.
FORBIDDEN_ENDS = (
    *(0, 9, 10, 13, 31, 127, 159, 0xA0, 0xAD, 0x200F, 0x2028, 0x202A, 0x202E, 0x2060, 0x2066),
    *(0x2069, 0x206F, 0x3000, 0xD800, 0xDFFF, 0xFE0F, 0xFEFF, 0xFFFF, 0x10FFFE),
)
EDGES = sorted({max(0, code + step) for code in FORBIDDEN_ENDS for step in (-1, 0, 1)})
odd_characters = st.sampled_from([chr(code) for code in EDGES]) | st.characters()


def around(*longest):
    """Generate texts of unusual characters, and plain texts about as long as a rule allows."""
    plain = st.one_of([st.integers(n - 2, n + 2).map("x".__mul__) for n in longest])
    return (
        st.text(odd_characters, max_size=8)
        | plain
        | st.tuples(plain, st.text(odd_characters, max_size=3)).map("".join)
    )


whole_numbers = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from([-1, 0, 1, 2, 20, 30, 299, 300, 301, 2**31 - 1]),
)
moments = st.one_of(
    st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.sampled_from([EARLIEST - SECOND, EARLIEST, EARLIEST + SECOND, LATEST, LATEST + SECOND]),
)
documents = st.dictionaries(
    st.text(st.characters(exclude_characters="\x00"), max_size=5),
    st.integers() | st.text(max_size=5) | st.integers(1985, 1999).map("x".__mul__),
    max_size=3,
)
choices = st.sampled_from(
    ["720p", "1080p", "720P", "720p ", "", "1x1", "grid-responsive", "5up\n", "10x10"]
)

VALUES = {
    "range": whole_numbers,
    "slug": around(100) | st.from_regex(r"\A[A-Za-z0-9_-]{1,100}\n?\Z"),
    "line": around(200),
    "text": around(3000),
    "years": moments,
    "document": documents,
}


def values_of(rule):
    if rule.kind == "order":
        near = st.tuples(moments, st.sampled_from([-SECOND, 0 * SECOND, SECOND]))
        inside = near.filter(lambda pair: EARLIEST + SECOND < pair[0] < LATEST - SECOND)
        return inside.map(lambda pair: (pair[0], pair[0] + pair[1]))
    if rule.kind == "choice":
        by_type = {"IntegerField": whole_numbers, "BooleanField": st.booleans()}
        field = Room._meta.get_field(rule.fields[0])
        return by_type.get(field.get_internal_type(), choices).map(lambda value: (value,))
    return VALUES[rule.kind].map(lambda value: (value,))


def keeps(values):
    """Return whether the database accepts a room with these values; the change is rolled back."""
    try:
        with transaction.atomic():
            Room.objects.update(**values)
            transaction.set_rollback(True)
    except (DatabaseError, UnicodeEncodeError):
        # NUL and surrogates are rejected before the CHECK.
        return False
    return True


RULES = [rule for rule in Room._meta.constraints if isinstance(rule, Rule)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@many
@given(data=st.data())
def test_python_and_database_accept_the_same_values(room, rule, data):
    values = data.draw(values_of(rule))

    assert keeps(dict(zip(rule.fields, values, strict=True))) == rule.holds(*values)


def test_every_kind_of_rule_is_generated():
    kinds = {rule.kind for rule in RULES}

    assert kinds == {*VALUES, "choice", "order"}
    assert kinds == {cls.kind for cls in _subclasses(Rule)}


def _subclasses(parent):
    return {sub for cls in parent.__subclasses__() for sub in (cls, *_subclasses(cls))}


@pytest.mark.parametrize("pattern", [NOT_IN_A_LINE, NOT_IN_PARAGRAPHS, VISIBLE])
def test_both_regex_engines_match_the_same_characters(db, pattern):
    # All common characters and the end of the range; PostgreSQL's text has no NUL.
    blocks = [range(1, 0xD800), range(0xE000, 0x11000), range(0xE0000, 0xE0200)]
    codes = [code for block in blocks for code in block] + [0x10FFFD, 0x10FFFE, 0x10FFFF]

    found = _matching(pattern, codes)

    assert found == {code for code in codes if re.search(pattern, chr(code))}


def _matching(pattern, codes):
    # Django's REGEXP on SQLite is Python's own re; PostgreSQL has another engine.
    on_sqlite = "SELECT value FROM json_each(%s) WHERE char(value) REGEXP %s"
    on_postgresql = (
        "SELECT value::int FROM json_array_elements_text(%s::json) WHERE chr(value::int) ~ %s"
    )
    statement = on_sqlite if connection.vendor == "sqlite" else on_postgresql
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(codes), pattern])
        return {code for (code,) in cursor.fetchall()}


@many
@given(text=st.text(st.sampled_from("\r\na\t"), max_size=6))
@example("\r")
@example("\r\r\n")
@example("a\r\n")
def test_both_accept_lf_and_crlf_as_newlines(room, text):
    rule = rule_of(Room, "description")

    assert keeps({"description": text}) == rule.holds(text)
