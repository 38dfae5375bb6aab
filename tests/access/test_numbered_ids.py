"""Ids in the format of UUIDs, computed from numbers and back."""

from uuid import RFC_4122, UUID

import pytest

from access.values.numbered_ids import LARGEST, NumberedIds

EVENTS, OTHERS = NumberedIds("events"), NumberedIds("record")
NUMBERS = [0, 1, 729, 2**32, 2**53 + 1, LARGEST]


@pytest.mark.parametrize("number", NUMBERS)
def test_id_leads_back_to_its_number(number):
    text = str(EVENTS.id_of(number))

    assert EVENTS.number_of(text) == EVENTS.number_of(text.upper()) == number


@pytest.mark.parametrize("number", NUMBERS)
def test_id_is_a_uuid_of_version_8(number):
    made = EVENTS.id_of(number)

    assert (made.version, made.variant) == (8, RFC_4122)
    assert made.bytes[:6] == b"events"


def test_ids_sort_as_their_numbers():
    made = [EVENTS.id_of(number) for number in NUMBERS]

    assert made == sorted(made)
    assert list(map(str, made)) == sorted(map(str, made))


@pytest.mark.parametrize("number", NUMBERS)
def test_id_of_another_kind_has_no_number(number):
    assert OTHERS.number_of(str(EVENTS.id_of(number))) is None


@pytest.mark.parametrize("bit", range(62, 128))
def test_each_bit_before_the_number_counts(bit):
    assert EVENTS.number_of(str(UUID(int=EVENTS.id_of(729).int ^ 1 << bit))) is None


@pytest.mark.parametrize("text", ["", "729", "x", EVENTS.id_of(7).hex, f" {EVENTS.id_of(7)}"])
def test_other_text_has_no_number(text):
    assert EVENTS.number_of(text) is None
