"""Rules: accepted values, messages, and that the database accepts the same values."""

import ast
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value
from hypothesis import given
from hypothesis import strategies as st

from access.values.faults import SHOWN_CHARACTERS, fault, shown
from rooms.models import Quality, Room
from rooms.rules.constraints import (
    Between,
    Document,
    InRange,
    Line,
    OneOf,
    Ordered,
    Rule,
    Slug,
    Text,
    rule_of,
)
from rooms.rules.json_values import nests_deeper, same_json, serialized
from tests.support.api import readable

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENING = NOON + timedelta(hours=8)
SECOND = timedelta(seconds=1)

RULES = [rule for rule in Room._meta.constraints if isinstance(rule, Rule)]
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@pytest.mark.parametrize(("value", "holds"), [(0, False), (1, True), (300, True), (301, False)])
def test_range_includes_its_ends(value, holds):
    assert InRange("n", 1, 300).holds(value) is holds


def test_years_include_their_first_and_last_second():
    rule = Between("at", NOON, EVENING)

    assert rule.holds(NOON)
    assert rule.holds(EVENING)
    assert not rule.holds(NOON - SECOND)
    assert not rule.holds(EVENING + SECOND)


def test_choice_accepts_listed_values_only_in_exact_spelling():
    rule = OneOf("quality", ["720p", "1080p"])

    assert rule.holds("720p")
    for other in ("720P", " 720p", "720p\x00", "", "1080"):
        assert not rule.holds(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 10,
        "😀" * 10,
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u202eb",
        "a\u2028b",
        "\u00a0",
        "é",
        "\ud7ff",
        "\ue000",
    ],
)
def test_paragraphs_may_be_empty_and_contain_newlines_and_tabs(text):
    assert Text("description", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 11,
        "😀" * 11,
        *["a" + chr(code) for code in (0, 1, 8, 11, 12, 14, 31, 127, 128, 0x85, 159)],
        "a\rb",
        "a\r",
        "\r\r\n",
        "\ud800",
        "a\udfff",
    ],
    ids=readable,
)
def test_paragraphs_accept_no_control_character_and_no_surrogate(text):
    assert not Text("description", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "x" * 10,
        "😀" * 10,
        " a ",
        "<script>",
        "%s {0}",
        "=1+1",
        "A\u030a",
        "\u200f\u05d0",
        "👩\u200d💻",
    ],
)
def test_line_accepts_any_visible_text(text):
    assert Line("display_name", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u00a0\u3000",
        "\u200b\u200d\u2060",
        "\ufeff",
        "\u2800",
        "\u3164",
        "\u00ad",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u2028b",
        "a\u2029b",
        "a\x00",
        "a\x7f",
        "a\x85",
        *["a" + chr(code) for code in (0x202A, 0x202E, 0x2066, 0x2069)],
        "\ud800",
        "x" * 11,
    ],
    ids=readable,
)
def test_line_refuses_invisible_multiline_and_bidi_text(text):
    assert not Line("display_name", 10).holds(text)


@pytest.mark.parametrize(("text", "holds"), [("a", True), ("Zz-_09", True), ("x" * 100, True)])
def test_slug_accepts_letters_digits_hyphens_and_underscores(text, holds):
    assert Slug("name", 100).holds(text) is holds


@pytest.mark.parametrize(
    "text", ["", "x" * 101, "a b", "a.b", "a/b", "é", "\uff41", "a\n", "a\x00", "\u0661", "\u017f"]
)
def test_slug_refuses_other_characters(text):
    assert not Slug("name", 100).holds(text)


def characters(spans):
    """Return the characters in spans such as "20 2000-200f", ends included."""
    ends = [[int(end, 16) for end in span.split("-")] for span in spans.split()]
    return {chr(code) for span in ends for code in range(span[0], span[-1] + 1)}


# NUL and surrogates are left out for databases, because no driver sends them.
CONTROLS = "1-8 b c e-1f 7f-9f"
BREAKS = "9 a d 2028 2029"
BIDI = "202a-202e 2066-2069"
UNSEEN = (
    "20 a0 ad 34f 61c 115f-1160 1680 17b4-17b5 180b-180f 2000-200f 202f 205f-2065 206a-206f "
    "2800 3000 3164 fe00-fe0f feff ffa0"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "around", "never"),
    [
        (Text, "a", characters(CONTROLS + " d")),
        (Line, "a", characters(f"{CONTROLS} {BREAKS} {BIDI}")),
        (Line, "", characters(f"{CONTROLS} {BREAKS} {BIDI} {UNSEEN}")),
    ],
    ids=["paragraphs", "line", "line of one"],
)
def test_python_and_database_refuse_the_same_characters(kind, around, never):
    rule = kind("it", 9)
    asked = never | {chr(ord(one) + step) for one in never for step in (-1, 1)} - {"\0"}

    refused = {one for one in asked if not rule.holds(around + one)}
    kept = {one for one in asked if rule.condition.check({"it": Value(around + one)})}

    assert refused == never
    assert kept == asked - never


def test_document_length_is_the_number_of_stored_characters():
    rule = Document("meta", 10)

    assert rule.holds({"k": "xx"})
    assert serialized({"k": "xx"}) == '{"k":"xx"}'
    assert rule.holds({"k": "é😀"})
    assert not rule.holds({"k": "xxx"})


def test_ordered_means_later_and_not_equal():
    rule = Ordered("join_from", "join_until", code="invalid_join_until_date")

    assert rule.holds(NOON, NOON + SECOND)
    assert not rule.holds(NOON, NOON)
    assert not rule.holds(NOON, NOON - SECOND)


def test_order_fault_names_the_later_field_and_both_times():
    error = Ordered("join_from", "join_until", code="invalid_join_until_date").error(NOON, NOON)

    assert error.code == "invalid_join_until_date"
    assert error.message == (
        "join_until must be after join_from: "
        "2026-01-01T12:00:00Z is not after 2026-01-01T12:00:00Z."
    )


def test_order_without_its_own_code_uses_invalid_parameter():
    assert Ordered("join_from", "remove_at").error(NOON, NOON).code == "invalid_parameter"


@pytest.mark.parametrize(
    ("kind", "limits", "sentence"),
    [
        (InRange, (1, 300), "it must be a whole number from 1 to 300, not 7."),
        (OneOf, (["a", "b"],), "it must be one of a, b, not 7."),
        (Between, (NOON, EVENING), "it must lie in the years 2026 to 2026, not 7."),
        (Text, (9,), "it must be text of at most 9 characters without control characters, not 7."),
        (
            Line,
            (9,),
            "it must be text of at most 9 characters on one line, not blank, "
            "without control characters or bidi overrides, not 7.",
        ),
        (Slug, (9,), "it must be 1 to 9 of the characters A-Z a-z 0-9 _ -, not 7."),
        (Document, (9,), "it must be at most 9 characters of JSON, not 7."),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_message_names_the_field_the_rule_and_the_value(kind, limits, sentence):
    assert kind("it", *limits).error(7).message == sentence


@pytest.mark.parametrize(
    ("kind", "limits", "bounds"),
    [
        (InRange, (1, 300), {"minimum": 1, "maximum": 300}),
        (OneOf, (["a", "b"],), {"enum": ["a", "b"]}),
        (Text, (9,), {"maxLength": 9}),
        (Line, (9,), {"minLength": 1, "maxLength": 9}),
        (Slug, (9,), {"minLength": 1, "maxLength": 9, "pattern": "^[A-Za-z0-9_-]{1,9}$"}),
        (Ordered, ("then",), {}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_rule_is_described_as_json_schema(kind, limits, bounds):
    assert kind("it", *limits).bounds() == bounds


@by_name
def test_rule_is_cloned_with_its_fields(rule):
    copied = rule.clone()

    assert copied is not rule
    assert copied == rule
    assert copied.fields == rule.fields


@by_name
def test_migrations_contain_plain_check_constraints(rule):
    path, arguments, keywords = rule.deconstruct()

    assert path == "django.db.models.CheckConstraint"
    assert arguments == ()
    assert keywords == {"condition": rule.condition, "name": rule.name}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "limits", "held", "refused"),
    [
        (InRange, (1, 300), {1, 300}, {0, 301}),
        (Between, (NOON, EVENING), {NOON, EVENING}, {NOON - SECOND, EVENING + SECOND}),
        (OneOf, (["a", "b"],), {"a", "b"}, {"A", "", "c"}),
        (Text, (3,), {"", "a\nb", "\r\n", "é😀a"}, {"abcd", "a\rb", "\x7f", "\x01", "\x9f"}),
        (Line, (3,), {"a", " a ", "é😀a"}, {"", " ", "abcd", "a\nb", "a\u202e", "\u200b"}),
        (Slug, (3,), {"a", "Z-_", "09"}, {"", "abcd", "a\n", "é", "a.b"}),
        (Document, (10,), {"{}", '{"k":"xx"}'}, {'{"k":"xxx"}', "[]", "{}\n", "x{}", ""}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_database_accepts_the_same_values(kind, limits, held, refused):
    rule = kind("it", *limits)

    kept = {value for value in held | refused if rule.condition.check({"it": Value(value)})}

    assert kept == held
    assert rule.fields == ("it",)
    assert rule.name == f"%(class)s_it_{kind.kind}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("then", "holds"), [(NOON + SECOND, True), (NOON, False), (NOON - SECOND, False)]
)
def test_database_accepts_the_same_order(then, holds):
    rule = Ordered("first", "then")

    assert rule.condition.check({"first": Value(NOON), "then": Value(then)}) is holds
    assert rule.name == "%(class)s_first_then_order"


def test_choice_is_stored_as_a_plain_value():
    choices = OneOf("quality", Quality).bounds()["enum"]

    assert [type(choice) for choice in choices] == [str, str]


def test_migrations_import_neither_rules_nor_fields():
    for path in settings.BASE_DIR.glob("*/migrations/0*.py"):
        imported = [node for node in ast.walk(ast.parse(path.read_text())) if _is_import(node)]
        modules = {getattr(node, "module", None) or node.names[0].name for node in imported}
        assert "django.db" in modules, path
        assert {name.split(".")[0] for name in modules}.isdisjoint({"rooms", "sessions"}), path


def _is_import(node):
    return isinstance(node, (ast.Import, ast.ImportFrom))


@by_name
def test_null_field_passes_every_rule(rule):
    room = Room(**dict.fromkeys(rule.fields))

    rule.validate(Room, room)


@by_name
def test_rule_is_skipped_when_one_of_its_fields_is_excluded(rule):
    room = Room(**dict.fromkeys(rule.fields, BROKEN[rule.kind]))

    with pytest.raises(ValidationError) as refusal:
        rule.validate(Room, room)
    assert list(refusal.value.error_dict) == [rule.fields[-1]]
    for field in rule.fields:
        rule.validate(Room, room, exclude={field})


BROKEN = {
    "range": 0,
    "choice": 2,
    "line": "",
    "text": "\x00",
    "slug": "a b",
    "document": {"k": "x" * 2000},
    "years": datetime(1969, 1, 1, tzinfo=UTC),
    "order": NOON,
}


def test_constraint_names_fit_into_both_databases():
    names = [constraint.name for constraint in Room._meta.constraints]

    assert len(set(names)) == len(names)
    assert all(len(name) <= 63 for name in names)


def test_rule_of_a_field_concerns_that_field_only():
    assert rule_of(Room, "max_members").fields == ("max_members",)
    assert rule_of(Room, "join_until").kind == "years"
    assert rule_of(Room, "id") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (1.5, "1.5"),
        (None, "null"),
        (True, "true"),
        ("a", '"a"'),
        ("a\nb", '"a\\nb"'),
        ("\ud800", '"\\ud800"'),
        ({"k": [1]}, '{"k": [1]}'),
        (NOON, "2026-01-01T12:00:00Z"),
        (b"\x00", "b'\\x00'"),
        ({1, 2}, "{1, 2}"),
    ],
    ids=readable,
)
def test_shown_value_is_printable(value, text):
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 100_000, ["x"] * 100_000, 10**300], ids=["s", "l", "n"])
def test_long_value_is_shortened(value):
    assert len(shown(value)) == SHOWN_CHARACTERS
    assert shown(value).endswith("…")


@pytest.mark.parametrize(("length", "end"), [(38, 'x"'), (39, "…")])
def test_value_is_shown_whole_up_to_the_last_character_that_fits(length, end):
    text = shown("x" * length)

    assert len(text) == SHOWN_CHARACTERS
    assert text.endswith(end)


def test_unserializable_value_is_shown_by_its_type():
    deep = []
    for _ in range(20_000):
        deep = [deep]

    assert shown(deep) == "this list"
    assert shown(10**5000) == "this int"


@pytest.mark.parametrize(
    ("value", "levels"), [(1, 0), ({}, 1), ([], 1), ({"k": [1]}, 2), ([[], {"k": {"k": []}}], 4)]
)
def test_nesting_is_counted_through_lists_and_objects(value, levels):
    assert not nests_deeper([value], levels + 1)
    assert levels == 0 or nests_deeper([value], levels)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@given(anything)
def test_message_is_always_printable_and_short(value):
    message = fault("name", "invalid_parameter", "must be other", value).message

    assert message.encode("utf-8")
    assert message.isprintable()
    assert len(message) <= SHOWN_CHARACTERS + 30


@given(st.text(max_size=50))
def test_serialized_json_can_be_parsed_back(text):
    value = {text: [text, None, True, 1.5]}

    assert json.loads(serialized(value)) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1.0}),
        (1e22, 10**22),
        (-0.0, 0),
        ([], []),
        ({}, {}),
        ([True, "1"], [True, "1"]),
    ],
)
def test_equal_json_is_recognized_in_any_notation(one, other):
    assert same_json(one, other)
    assert same_json(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (False, 0),
        (None, 0),
        (1, 2),
        ("1", 1),
        ({"a": 1}, {"a": True}),
        ({"a": [0]}, {"a": [False]}),
        ({"a": 1}, {}),
        ({"a": 1}, {"b": 1}),
        ({}, []),
        ({"a": 1}, ["a"]),
        ([1], [1, 1]),
        ([1, 2], [2, 1]),
        ({"a": 1, "b": 2}, {"a": 1, "b": True}),
        ([1, 1], [1, True]),
    ],
)
def test_json_one_differs_from_true_and_list_order_matters(one, other):
    assert not same_json(one, other)
    assert not same_json(other, one)


def test_rules_do_not_query_the_database_to_validate():
    assert isinstance(RULES[0], models.CheckConstraint)
    assert all(type(rule).validate is Rule.validate for rule in RULES)
