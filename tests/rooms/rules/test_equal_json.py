"""JSON values are equal if their texts are, except for objects that jsonb has rewritten."""

import pytest

from rooms.rules.json_values import RewrittenObject, same_json


@pytest.mark.parametrize("value", [[], {}, [True, "1"], {"a": 1, "b": [None]}, 1e23, -0.0, None])
def test_same_text_is_the_same_value(value):
    assert same_json(value, value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": 1e23}, {"a": 10**23}),
        ({"a": -0.0}, {"a": 0}),
        ({"a": -0.0}, {"a": 0.0}),
    ],
)
def test_order_of_keys_and_notation_of_numbers_count(one, other):
    assert not same_json(one, other)
    assert not same_json(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1.0}),
        ({"a": 1e22}, {"a": 10**22}),
        ({"a": [1e23, 1e300]}, {"a": [10**23, 10**300]}),
        ({"a": -0.0}, {"a": 0}),
        ({}, {}),
    ],
)
def test_object_that_jsonb_has_rewritten_equals_its_original(one, other):
    assert same_json(one, RewrittenObject(other))
    assert same_json(RewrittenObject(other), one)


DIFFERENT = [
    (1, True),
    (False, 0),
    (None, 0),
    (1, 2),
    ("1", 1),
    (10**400, 1e300),
    (2**53 + 1, 2**53),
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
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_json_one_differs_from_true_and_list_order_matters(one, other):
    for left, right in ((one, other), (other, one)):
        assert not same_json(left, right)
        assert not same_json(RewrittenObject(k=left), {"k": right})
