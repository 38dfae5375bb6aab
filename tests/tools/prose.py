"""Check the English of texts, documentation, docstrings, comments and test names.

python -m tests.tools.prose [PATH…]
"""

import re
import sys
from pathlib import Path

from tests.tools.texts import texts

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    *("access", "rooms", "sessions", "config", "tests", "templates", "docs"),
    *("run", "manage.py", "pyproject.toml"),
)
SUFFIXES = (".py", ".md", ".html", ".css", ".js", ".jcfg", ".toml")
LEFT_OUT = re.compile(r"/(migrations|vendor|data|locale)/|\.min\.")
EVERYWHERE = ("ui", "docs", "code")
WRITTEN = ("docs", "code")
# (words, what to write instead, where)
WORDS = (
    ("anew|afresh|once more", "again", EVERYWHERE),
    ("meanwhile", "in the meantime, or nothing", EVERYWHERE),
    ("none of ours|of ours", "our …", EVERYWHERE),
    ("of theirs|of yours|of hers", "their …, your …", EVERYWHERE),
    ("farewell", "close, last message", EVERYWHERE),
    ("heed|heeds|heeded", "used, respected", EVERYWHERE),
    ("so many|so much", "the number", EVERYWHERE),
    ("as ever", "as before, or nothing", EVERYWHERE),
    ("(?<!are )(?<!is )all the same", "anyway", EVERYWHERE),
    ("whoever|whomever|whosoever", "the actor: user, staff, client, worker", EVERYWHERE),
    ("somebody|anybody", "another user, a client, any user", EVERYWHERE),
    ("nobody|everybody", "no user, every member", WRITTEN),
    ("those who|he who|the one who", "the actor: user, staff, client", WRITTEN),
    ("(by|for|from|to|than|of|on|at) who", "the actor: user, staff, client", EVERYWHERE),
    ("returns? what", "return the …", WRITTEN),
    ("(is|are) none", "is no …, does not exist", EVERYWHERE),
    ("at work", "running, current", EVERYWHERE),
    ("told|telling", "notified, reported, shown, documented", EVERYWHERE),
    ("tell|tells", "report, notify, return, show; to distinguish", WRITTEN),
    ("judge|judges|judged|judging|judgement", "validate", EVERYWHERE),
    ("draw|draws|drawn|drew", "render, serialize, plot", EVERYWHERE),
    ("(?<!in a )(?<!for a )moments?", "time", EVERYWHERE),
    ("(is|are|was|were) said", "is returned, shown, documented", WRITTEN),
    ("there (is|are|was|were) none", "there is no …", EVERYWHERE),
    ("doors?|hallway", "channel, API, form, import", WRITTEN),
    ("upon", "on", EVERYWHERE),
    ("whilst", "while", EVERYWHERE),
    ("lest", "so that … not", EVERYWHERE),
    ("naught|nought|aught", "nothing", EVERYWHERE),
    ("hitherto|henceforth|whence|thence", "until now, from now on, from where", EVERYWHERE),
    ("thereof|therein|thereby|whereby|wherein|whereof", "of it, in it, by it", EVERYWHERE),
    ("oneself|of one's own", "the actor's", EVERYWHERE),
    ("(keeps|knows|takes|makes|sees|reads|says|needs|gives|gets) not", "does not …", EVERYWHERE),
)
RULES = [
    (re.compile(rf"\b(?:{words})\b".replace(" ", r"\s"), re.I), use, kinds)
    for words, use, kinds in WORDS
]
QUOTED = re.compile(
    r'`[^`]*`|"[^"\n]*"|“[^”]*”|https?://\S+|\]\([^)\s]*\)|[\w.-]*/[\w./-]+|\bNone\b'
)
SENTENCE = re.compile(r"\S.*?(?:[.!?…][)”]?(?=\s+[A-Z(])|\Z)", re.S)
OPENING = re.compile(r"(Who|Whoever|What|Of|From|With|By|Beside)\b")
FINITE = re.compile(r"\b(is|are|was|were|has|had|can|cannot|must|may|will|does|did)\b")
LONGEST = 35


def faults(name, source):
    """Return (line, text, what to write instead) for each fault of a file of this name."""
    found = []
    for text in texts(name, source):
        # A quotation becomes one word that no rule knows.
        words = QUOTED.sub("Quoted", text.words)
        for offset, wrong, use in [*_words(text, words), *_sentences(text, words)]:
            line = text.line + words.count("\n", 0, offset)
            found.append((line, " ".join(wrong.split()), use))
    return sorted(found)


def _words(text, words):
    for pattern, use, kinds in RULES:
        if text.kind in kinds:
            yield from ((match.start(), match[0], use) for match in pattern.finditer(words))


def _sentences(text, words):
    if text.form == "heading" and (words.endswith(".") or FINITE.search(words)):
        yield 0, words, "a noun or a task, without a full stop"
    for match in () if text.form == "label" else SENTENCE.finditer(words):
        if OPENING.match(match[0]) and not match[0].endswith("?"):
            yield match.start(), match[0][:60], "the subject first"
        if text.kind == "code" and len(match[0].split()) > LONGEST:
            yield match.start(), match[0][:60], f"at most {LONGEST} words a sentence"


def _files(paths):
    for path in paths:
        if path.is_dir():
            yield from _files(sorted(path.iterdir()))
        elif path.suffix in SUFFIXES or path.name == "run":
            yield path


def _default_paths():
    found = [*(ROOT / name for name in PLACES), *sorted(ROOT.glob("*.md"))]
    return [path for path in found if path.exists()]


def _names(arguments):
    chosen = [Path(one).resolve() for one in arguments]
    names = (path.relative_to(ROOT).as_posix() for path in _files(chosen or _default_paths()))
    return [one for one in names if not LEFT_OUT.search(one)]


def report(arguments):
    """Return one line for each fault of the chosen files."""
    return [
        f"{name}:{line}: {wrong} [use {use}]"
        for name in _names(arguments)
        for line, wrong, use in faults(name, (ROOT / name).read_text())
    ]


if __name__ == "__main__":
    if lines := report(sys.argv[1:]):
        print(*lines, sep="\n")
        sys.exit(1)
