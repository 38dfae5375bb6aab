"""Model fields read the texts of forms and CSV files."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fields import STRICT, clean, field


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


@pytest.mark.parametrize("strict", STRICT, ids=lambda f: f.name)
@given(text=st.text())
def test_any_text_can_be_parsed(strict, text):
    assert strict.from_text(text) is not None or text.strip() == "null"
