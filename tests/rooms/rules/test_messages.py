"""Messages show values: printable, shortened and as JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.values.faults import SHOWN_CHARACTERS, fault, shown
from rooms.rules.json_values import nests_deeper, serialized
from tests.support.api import readable
from tests.support.rules import NOON


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
