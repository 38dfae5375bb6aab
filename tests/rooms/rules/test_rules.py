"""Rules: accepted values, messages, and that the database accepts the same values."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from rooms.models import Room
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
from tests.support.rules import EVENING, NOON, RULES, SECOND, by_name


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


def test_rules_do_not_query_the_database_to_validate():
    assert isinstance(RULES[0], models.CheckConstraint)
    assert all(type(rule).validate is Rule.validate for rule in RULES)
