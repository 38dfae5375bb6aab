"""Model fields: each accepts the spellings of its type and rejects others with its own message."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from rooms.models import Room
from rooms.models.searchable import FOLDED
from tests.support.fields import NOON, STRICT, clean, field, json_values

python_values = json_values | st.binary() | st.floats() | st.datetimes() | st.decimals()


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("max_members", 20, 20),
        ("max_members", 20.0, 20),
        # The limit is validated by the rule, not by the field.
        ("max_members", -1, -1),
        ("max_members", 2**63, 2**63),
        ("record_on_start", True, True),
        ("record_on_start", False, False),
        ("quality", "1080p", "1080p"),
        ("display_name", "", ""),
        ("display_name", "\x00", "\x00"),
        ("join_from", NOON, NOON),
        ("join_from", "2026-01-01T13:00:00+01:00", NOON),
        ("join_from", NOON.astimezone(timezone(timedelta(hours=9))), NOON),
        ("meta", {}, {}),
        ("meta", {"b": 1, "a": [None, True, 1.5, "é"]}, {"b": 1, "a": [None, True, 1.5, "é"]}),
        ("description", None, None),
        ("join_from", None, None),
        ("remove_after_seconds_elapsed", None, None),
    ],
)
def test_value_of_the_fields_type_is_kept(name, value, kept):
    cleaned = clean(name, value)

    assert cleaned == kept
    assert type(cleaned) is type(kept)


NUMBER, BOOLEAN, MOMENT = "not_an_integer", "not_a_boolean", "not_a_datetime"
STRING, HASH, PARAMETER = "not_a_string", "not_a_hash", "invalid_parameter"


@pytest.mark.parametrize(
    ("name", "code", "values"),
    [
        ("max_members", NUMBER, ["20", "", True, False, [20], {}, None, Decimal(20), b"20"]),
        ("max_members", PARAMETER, [1.5, 300.0000001, float("nan"), float("inf")]),
        ("record_on_start", BOOLEAN, [0, 1, 1.0, "true", "yes", "", "null", None, [], {}]),
        ("quality", PARAMETER, [720, None, True, ["720p"], {"x": 1}]),
        ("layout", PARAMETER, [None, 1, b"1x1"]),
        ("display_name", STRING, [None, True, 5, 1.5, [], {}, b"x"]),
        ("description", STRING, [True, 5, [], {}, b"x"]),
        (
            "join_from",
            MOMENT,
            [
                1640995200,
                1.5,
                True,
                {},
                [],
                "",
                "now",
                datetime(2026, 1, 1),
                NOON.date(),
                NOON.replace(microsecond=1),
            ],
        ),
        (
            "meta",
            HASH,
            [
                "{}",
                [],
                [{}],
                1,
                True,
                {"k": float("nan")},
                {"k": float("-inf")},
                {1: "a"},
                {"k": (1,)},
                {"k": {1, 2}},
                {"k": b"x"},
                {"k": NOON},
                {"k": "\x00"},
                {"\x00": 1},
                {"k": ["\ud800"]},
                {"\udfff": 1},
            ],
        ),
    ],
)
def test_value_of_another_type_is_refused_and_never_coerced(name, code, values):
    for value in values:
        with pytest.raises(ValidationError) as refusal:
            clean(name, value)
        assert refusal.value.code == code, value
        assert refusal.value.message.startswith(f"{name} must be "), value


@pytest.mark.parametrize(
    ("name", "value", "drawn"),
    [
        ("join_from", NOON, "2026-01-01T12:00:00Z"),
        ("join_from", None, None),
        ("max_members", 20, 20),
        ("meta", {"a": 1}, {"a": 1}),
        ("description", None, None),
    ],
)
def test_value_is_serialized_as_json(name, value, drawn):
    assert field(name).to_json(value) == drawn


@pytest.mark.parametrize("strict", STRICT, ids=lambda f: f.name)
def test_migrations_contain_only_django_fields(strict):
    _, path, _, keywords = strict.deconstruct()

    assert path.startswith("django.db.models.")
    assert "help_text" not in keywords
    assert "choices" not in keywords


def test_every_setting_is_strict():
    lenient = {f.name for f in Room._meta.fields} - {f.name for f in STRICT}

    kept = {"id", "project", "version", "created_at", "updated_at", "auto_created"}
    assert lenient == {*kept, *FOLDED}


@pytest.mark.parametrize("strict", STRICT, ids=lambda f: f.name)
@given(value=python_values)
def test_any_value_is_accepted_or_refused_with_a_printable_message(strict, value):
    assert _refusal(strict, value).isprintable()


def _refusal(strict, value):
    try:
        strict.clean(value, None)
    except ValidationError as refusal:
        return refusal.message
    return "none"
