"""The database accepts the same values; migrations contain only Django's constraints."""

import ast

import pytest
from django.conf import settings
from django.db.models import Value

from rooms.models import Quality
from rooms.rules.constraints import Between, Document, InRange, Line, OneOf, Ordered, Slug, Text
from tests.support.rules import EVENING, NOON, SECOND, by_name


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
