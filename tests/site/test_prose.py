"""The linter of our English: each rule finds its fault and ignores plain sentences."""

import re

import pytest

from tests.tools import prose
from tests.tools.prose import WORDS, faults

LONG = " ".join(["word"] * 36)


def suggestions(name, source):
    return [use for _, _, use in faults(name, source)]


@pytest.mark.parametrize(("words", "use", "kinds"), WORDS, ids=[words for words, _, _ in WORDS])
def test_each_forbidden_word_is_found_where_its_rule_applies(words, use, kinds):
    # The example is the first alternative, without choices and look-behinds.
    example = re.sub(r"\(\?<!.*?\)|\?", "", words)
    example = re.sub(r"\((\w+)\|[^)]*\)", r"\1", example).split("|")[0]

    assert (use in suggestions("a.py", f'_("The room {example} here.")')) == ("ui" in kinds)
    assert (use in suggestions("a.md", f"The room {example} here.")) == ("docs" in kinds)
    assert (use in suggestions("a.py", f"# The room {example} here.")) == ("code" in kinds)


@pytest.mark.parametrize(
    ("name", "source", "line"),
    [
        ("a.py", '"""Fine.\n\nThe list is fetched anew.\n"""', 3),
        ("a.py", 'class Room:\n    """The list is fetched anew."""', 2),
        ("a.py", "# The list is fetched\n# anew.", 2),
        ("a.py", "room = 1  # fetched anew", 1),
        ("a.py", 'text = _("Fetch anew")', 1),
        ("a.py", 'ngettext("%s room", "%s rooms fetched anew", 2)', 1),
        ("a.py", 'Field(\n    help_text="Fetched anew"\n)', 2),
        ("a.py", "def test_list_is_fetched_anew():\n    pass", 1),
        ("a.html", '<p>\n{% translate "Fetch anew" %}', 2),
        ("a.html", "{% blocktranslate count n=n %}A{% plural %}Anew{% endblocktranslate %}", 1),
        ("a.html", "{# Fetched anew. #}", 1),
        ("a.html", "{% comment %}Fetched\nanew.{% endcomment %}", 2),
        ("a.css", "a {}\n/* Fetched anew. */", 2),
        ("a.js", "const a = 1;\n// Fetched anew.", 2),
        ("a.toml", "# Fetched anew.", 1),
        ("a.md", "# Rooms\n\nThe list is fetched\nanew.", 4),
        ("a.md", "| a | b |\n|---|---|\n| anew | 1 |", 3),
    ],
)
def test_every_kind_of_text_is_read_and_its_line_named(name, source, line):
    assert [(found, use) for found, _, use in faults(name, source)] == [(line, "again")]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", 'name = "anew"'),
        ("a.py", '"""The word `anew` and the word "anew"."""'),
        ("a.py", '"""Fine.\n\n    an example anew\n"""'),
        ("a.py", "# noqa: anew"),
        ("tests/a.py", 'create(description="Fetched anew")'),
        ("a.md", "```\nanew\n```"),
        ("a.md", "See docs/anew.md and [the page](anew.md)."),
        ("a.js", "const address = 'https://anew.example';"),
        ("a.py", "# Try again in a moment; all rooms are all the same."),
    ],
)
def test_code_data_and_quotations_are_left_alone(name, source):
    assert faults(name, source) == []


@pytest.mark.parametrize("word", ["Who", "Whoever", "What", "Of", "From", "With", "By", "Beside"])
def test_no_sentence_begins_with_a_clause_or_a_preposition(word):
    use = "the subject first"
    assert use in suggestions("a.py", f"# It is late. {word} comes is refused.")
    assert use in suggestions("a.md", f"- {word} comes is refused.")
    assert use in suggestions("a.py", f'_("{word} comes is refused.")')
    assert use in suggestions("a.py", f"def test_{word.lower()}_comes_is_refused():\n    pass")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.md", "What is a room?"),
        ("a.md", "| From | Of |"),
        ("a.py", '_("From")'),
        ("a.py", '"""Staff see what they may edit. Offset and bytes follow."""'),
    ],
)
def test_questions_labels_and_other_openings_are_allowed(name, source):
    assert faults(name, source) == []


@pytest.mark.parametrize(
    ("heading", "count"),
    [("Back up and restore", 0), ("Back up.", 1), ("When PostgreSQL is away", 1)],
)
def test_heading_is_no_sentence(heading, count):
    assert len(faults("a.md", f"## {heading}")) == count


@pytest.mark.parametrize(
    ("name", "source", "count"),
    [
        ("a.py", f"# {LONG}.", 1),
        ("a.py", f'"""{LONG}."""', 1),
        ("a.py", f"# {LONG[5:]}. One more sentence.", 0),
        ("a.md", f"{LONG}.", 0),
    ],
)
def test_comment_or_docstring_sentence_has_at_most_35_words(name, source, count):
    assert len(faults(name, source)) == count


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(prose, "ROOT", tmp_path)
    for name in ("rooms/new.py", "rooms/old.py", "rooms/migrations/0001.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Fetch anew")
    return tmp_path


def test_report_names_path_line_fault_and_suggestion(tree):
    assert prose.report([]) == [
        "rooms/new.py:1: anew [use again]",
        "rooms/old.py:1: anew [use again]",
        "README.md:1: anew [use again]",
    ]


def test_paths_limit_the_report(tree):
    assert prose.report([f"{tree}/rooms/new.py"]) == ["rooms/new.py:1: anew [use again]"]
