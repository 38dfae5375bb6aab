"""Model fields: each accepts the spellings of its type and rejects others with its own message."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from rooms.models import Room

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

STRICT = [field for field in Room._meta.fields if hasattr(field, "exactly")]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
python_values = json_values | st.binary() | st.floats() | st.datetimes() | st.decimals()


def field(name):
    return Room._meta.get_field(name)


def clean(name, value):
    return field(name).clean(value, None)


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


def nested(levels):
    value = {}
    for _ in range(levels - 1):
        value = {"k": value}
    return value


def test_meta_may_nest_31_levels():
    assert clean("meta", nested(31)) == nested(31)


@pytest.mark.parametrize("levels", [32, 500, 20_000])
def test_deeper_meta_is_refused(levels):
    with pytest.raises(ValidationError) as refusal:
        clean("meta", nested(levels))
    assert refusal.value.code == "not_a_hash"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_members", "20", 20),
        ("max_members", "020", 20),
        ("max_members", "-1", -1),
        ("record_on_start", "true", True),
        ("record_on_start", "True", True),
        ("record_on_start", "1", True),
        ("record_on_start", "false", False),
        ("record_on_start", "False", False),
        ("record_on_start", "0", False),
        ("quality", "1080p", "1080p"),
        ("display_name", "20", "20"),
        ("join_from", "2026-01-01", "2026-01-01"),
        ("meta", '{"b": 1, "a": 2}', {"b": 1, "a": 2}),
    ],
)
def test_text_is_converted_to_the_fields_type(name, text, value):
    assert field(name).from_text(text) == value
    assert type(field(name).from_text(text)) is type(value)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("max_members", ["", " 20", "20\n", "+20", "2_0", "20.0", "2e1", "\uff12\uff10", "9" * 19]),
        ("record_on_start", ["", "yes", "on", "T", "truë", "null", "2", " true"]),
        ("meta", ["", "{", "[", "{} x", "{'a': 1}", "[" * 100_000]),
    ],
)
def test_text_of_another_type_is_kept_and_refused(name, texts):
    for text in texts:
        assert field(name).from_text(text) == text
        with pytest.raises(ValidationError):
            clean(name, text)


def test_meta_with_a_constant_unknown_to_json_is_refused():
    with pytest.raises(ValidationError):
        clean("meta", field("meta").from_text('{"k": NaN}'))


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

    assert lenient == {"id", "project", "version", "created_at", "updated_at"}


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_meta_from_the_database_equals_the_stored_value(value):
    meta = field("meta")
    try:
        cleaned = meta.clean(value, None)
    except ValidationError:
        assert "\\u0000" in ascii(value) or "\\x00" in ascii(value) or "\\ud" in ascii(value)
        return

    read = meta.from_db_value(meta.get_prep_value(cleaned), None, None)

    assert read == value
    assert repr(read) == repr(value)


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


@pytest.mark.parametrize("strict", STRICT, ids=lambda f: f.name)
@given(text=st.text())
def test_any_text_can_be_parsed(strict, text):
    assert strict.from_text(text) is not None or text.strip() == "null"
