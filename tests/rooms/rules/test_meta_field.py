"""The field meta: JSON of limited depth, stored and read unchanged."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.api import ROOMS_URL, TOKENS_URL, faults, nothing_changes, room_url
from tests.support.csv_files import refusals
from tests.support.fields import clean, field, json_values


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


def test_meta_with_a_constant_unknown_to_json_is_refused():
    with pytest.raises(ValidationError):
        clean("meta", field("meta").from_text('{"k": NaN}'))


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


TWICE = '{"a": 1, "b": {"c": 1, "c": 2}}'


def test_duplicate_key_is_refused_in_a_form(api, room):
    with nothing_changes():
        changed = api.put_form(room_url(room), {"meta": TWICE})
        created = api.post_form(ROOMS_URL, {"name": "new", "meta": TWICE})
        issued = api.post_form(TOKENS_URL, {"room_name": "new", "room_meta": TWICE})

    assert faults(changed) == faults(created) == [("meta", "not_a_hash")]
    assert faults(issued) == [("room_meta", "not_a_hash")]


def test_duplicate_key_is_refused_in_a_file(api, room):
    text = f'name;meta\n{room.name};"{TWICE.replace(chr(34), chr(34) * 2)}"\n'

    with nothing_changes():
        response = api.generic("POST", f"{ROOMS_URL}/bulk", text, content_type="text/csv")

    assert refusals(response) == {2: {"meta": "not_a_hash"}}
