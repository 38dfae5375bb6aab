"""Rules of texts: accepted and refused characters, in Python and in the database."""

import re

import pytest
import regex
from django.db.models import Value

from access.values.characters import SEEN
from rooms.rules.constraints import Document, Line, Slug, Text
from rooms.rules.json_values import serialized
from tests.support.api import readable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 10,
        "😀" * 10,
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u202eb",
        "a\u2028b",
        "\u00a0",
        "é",
        "\ud7ff",
        "\ue000",
    ],
)
def test_paragraphs_may_be_empty_and_contain_newlines_and_tabs(text):
    assert Text("description", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 11,
        "😀" * 11,
        *["a" + chr(code) for code in (0, 1, 8, 11, 12, 14, 31, 127, 128, 0x85, 159)],
        "a\rb",
        "a\r",
        "\r\r\n",
        "\ud800",
        "a\udfff",
    ],
    ids=readable,
)
def test_paragraphs_accept_no_control_character_and_no_surrogate(text):
    assert not Text("description", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "x" * 10,
        "😀" * 10,
        " a ",
        "<script>",
        "%s {0}",
        "=1+1",
        "A\u030a",
        "\u200f\u05d0",
        "👩\u200d💻",
        "❤\ufe0f",
        "\u0915\u094d\u200d\u0937",
        "🏴\U000e0067\U000e0062\U000e007f",
        "\u28ff",
    ],
)
def test_line_accepts_any_visible_text(text):
    assert Line("display_name", 10).holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u00a0\u3000",
        "\u200b\u200d\u2060",
        "\ufeff",
        "\u2800",
        "\u3164",
        "\u115f\u1160\uffa0",
        "\U0001d173\U0001d17a",
        "\U000e0041\U000e007f",
        "\ufff0 \u200d",
        "\u00ad",
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u2028b",
        "a\u2029b",
        "a\x00",
        "a\x7f",
        "a\x85",
        *["a" + chr(code) for code in (0x202A, 0x202E, 0x2066, 0x2069)],
        "\ud800",
        "x" * 11,
    ],
    ids=readable,
)
def test_line_refuses_invisible_multiline_and_bidi_text(text):
    assert not Line("display_name", 10).holds(text)


@pytest.mark.parametrize(("text", "holds"), [("a", True), ("Zz-_09", True), ("x" * 100, True)])
def test_slug_accepts_letters_digits_hyphens_and_underscores(text, holds):
    assert Slug("name", 100).holds(text) is holds


@pytest.mark.parametrize(
    "text", ["", "x" * 101, "a b", "a.b", "a/b", "é", "\uff41", "a\n", "a\x00", "\u0661", "\u017f"]
)
def test_slug_refuses_other_characters(text):
    assert not Slug("name", 100).holds(text)


def characters(spans):
    """Return the characters in spans such as "20 2000-200f", ends included."""
    ends = [[int(end, 16) for end in span.split("-")] for span in spans.split()]
    return {chr(code) for span in ends for code in range(span[0], span[-1] + 1)}


# NUL and surrogates are left out for databases, because no driver sends them.
CONTROLS = "1-8 b c e-1f 7f-9f"
BREAKS = "9 a d 2028 2029"
BIDI = "202a-202e 2066-2069"
UNSEEN = (
    "20 a0 ad 34f 61c 115f-1160 1680 17b4-17b5 180b-180f 2000-200f 202f 205f-2065 206a-206f "
    "2800 3000 3164 fe00-fe0f feff ffa0"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "around", "never"),
    [
        (Text, "a", characters(CONTROLS + " d")),
        (Line, "a", characters(f"{CONTROLS} {BREAKS} {BIDI}")),
        (Line, "", characters(f"{CONTROLS} {BREAKS} {BIDI} {UNSEEN}")),
    ],
    ids=["paragraphs", "line", "line of one"],
)
def test_python_and_database_refuse_the_same_characters(kind, around, never):
    rule = kind("it", 9)
    asked = never | {chr(ord(one) + step) for one in never for step in (-1, 1)} - {"\0"}

    refused = {one for one in asked if not rule.holds(around + one)}
    kept = {one for one in asked if rule.condition.check({"it": Value(around + one)})}

    assert refused == never
    assert kept == asked - never


def test_document_length_is_the_number_of_stored_characters():
    rule = Document("meta", 10)

    assert rule.holds({"k": "xx"})
    assert serialized({"k": "xx"}) == '{"k":"xx"}'
    assert rule.holds({"k": "é😀"})
    assert not rule.holds({"k": "xxx"})


def test_text_without_a_character_that_unicode_shows_is_invisible():
    blank = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800\u2029]")
    # The rule for control characters refuses these.
    controls = characters("b c 85")
    everything = [chr(code) for code in range(0x110000)]

    invisible = {one for one in everything if not re.search(SEEN, one)}

    assert invisible == {one for one in everything if blank.match(one)} - controls


@pytest.mark.django_db
def test_checks_of_the_database_contain_the_common_invisible_characters():
    rule = Line("display_name", 9)
    beyond = characters("fff0-fff8 1bca0-1bca3 1d173-1d17a e0000-e0fff")

    assert not any(rule.holds(one) for one in beyond)
    assert rule.condition.check({"display_name": Value("\U0001d173")})
