"""JSON values are compared as JSON, regardless of their notation."""

import pytest

from rooms.rules.json_values import same_json


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
