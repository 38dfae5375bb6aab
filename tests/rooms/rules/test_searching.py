"""The search's folding of texts, and its words."""

import sys
from functools import cache
from importlib import import_module
from unicodedata import normalize

import pytest

from rooms.rules.searching import alternatives, fold


@cache
def characters():
    """Return each character that has another form."""
    return [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if not "\ud800" <= character <= "\udfff"
        and {character.lower(), character.upper(), normalize("NFKD", character)} != {character}
    ]


def test_all_forms_of_a_character_are_folded_alike():
    for one in characters():
        forms = {one.lower(), one.upper(), one.title(), one.casefold()}
        forms |= {normalize(form, one) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert {fold(form) for form in forms} == {fold(one)}, ascii(one)


def test_folding_a_folded_text_changes_nothing():
    assert len(characters()) > 10_000
    assert [one for one in characters() if fold(fold(one)) != fold(one)] == []


def test_folded_names_in_the_database_are_as_this_release_folds_them():
    """A change of fold() needs a migration that folds the names again: compare with that one."""
    migration = import_module("sessions.migrations.0013_fold_names")

    assert [one for one in characters() if migration.fold(one) != fold(one)] == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Þórður", "thordur"),
        ("\u0130\u0131I", "iii"),
        ("ﬁnal ½ Ⅳ", "final 1\u20442 iv"),
        ("❤\ufe0f", "❤"),
        ("กิน", "กิน"),
        ("A_b-C", "a_b-c"),
    ],
)
def test_folded_text(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("ward 5 · evening", [["ward", "5", "evening"]]),
        ("b a b", [["b", "a"]]),
        ("a, b c", [["a"], ["b", "c"]]),
        ("a، b、c\uff0cd", [["a"], ["b"], ["c"], ["d"]]),
        (",a,,", [["a"]]),
        ("50% off!", [["50", "off"]]),
        ("% _", [["%", "_"]]),
        (",", [[","]]),
        ("", []),
        (" \u200b", []),
    ],
)
def test_words_of_a_search(search, words):
    assert alternatives(search) == words
