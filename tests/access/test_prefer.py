"""The header Prefer, as RFC 7240 describes it."""

import re
from contextlib import suppress

import pytest

from access.api.dry_run import means_dry_run, resembles_dry_run
from access.api.prefer import SYNTAX, Preference, Preferences, parse_prefer


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("dry-run", [Preference("dry-run", "")]),
        ("Dry-Run", [Preference("dry-run", "")]),
        ('dry-run=""', [Preference("dry-run", "")]),
        ("dry-run=", [Preference("dry-run", "")]),
        ('handling = "strict"', [Preference("handling", "strict")]),
        ('a="x, y; z=\\"1\\\\"', [Preference("a", 'x, y; z="1\\')]),
        ("wait=5,,\t, respond-async ,", [Preference("wait", "5"), Preference("respond-async", "")]),
        (
            'a; x=1 ;; Y="2" ; x=3, b',
            [Preference("a", "", {"x": "1", "y": "2"}), Preference("b", "")],
        ),
    ],
)
def test_preferences_have_names_values_and_parameters(header, found):
    assert parse_prefer(header) == found
    assert re.search(SYNTAX, header)


@pytest.mark.parametrize(
    "header",
    [
        *('"dry-run"', "dry-run x", "=x", "a=b=c", "a=(b)", 'a="b', 'a="b"c', "a, ;x=1", ";x"),
        *("\xff", "dry-rün", "a=\x7f", "a/b"),
    ],
)
def test_malformed_headers_are_refused(header):
    with pytest.raises(ValueError, match="a "):
        parse_prefer(header)
    assert not re.search(SYNTAX, header)


def test_only_the_first_of_equal_preferences_counts():
    preferences = Preferences("handling=lenient, HANDLING=strict, merge, merge=no")

    assert preferences.has("handling", "lenient")
    assert not preferences.has("handling", "strict")
    assert preferences.has("merge")


def test_a_long_header_is_read_quickly():
    for header in (" " * 60_000 + '"', "a" * 60_000 + '"', 'a="' + "\\" * 60_000, "a;" * 30_000):
        with suppress(ValueError):
            parse_prefer(header)


NEAR = [
    *("dryrun", "dry-run", "dryRun", "DRY_RUN", "Dry_Run", "dry_run ", " dry_run", "dry_run[]"),
    *("dry.run", "dry run", "dry__run", "dry_run=true", "is_dry_run", "dryruns", "dry", "dry_ru"),
    *("dyr_run", "dry_rum", "dri_run", "drry_run", "\uff44ry_run", "dry\u00adrun", "dry_run1"),
]


@pytest.mark.parametrize("name", ["dry_run", *NEAR])
def test_names_close_to_dry_run_resemble_it(name):
    assert resembles_dry_run(name)


@pytest.mark.parametrize("name", ["", "x", "run", "try", "country", "handling", "page_size", "dr"])
def test_other_names_do_not_resemble_dry_run(name):
    assert not resembles_dry_run(name)


@pytest.mark.parametrize("name", ["dry-run", "dry_run", "dryrun", "DryRun", "DRY.RUN", "dry run"])
def test_other_spellings_mean_dry_run(name):
    assert means_dry_run(name)


@pytest.mark.parametrize("name", ["dry", "dry-runs", "xdry-run", "dry-ran", ""])
def test_other_words_do_not_mean_dry_run(name):
    assert not means_dry_run(name)
