"""Names that look like dry_run: a client that sends one expects that nothing is written."""

import re
import unicodedata
from string import ascii_lowercase

_NAME = "dryrun"


def resembles_dry_run(text: str) -> bool:
    """Return whether `text` contains dry_run, or is dry_run with one letter wrong.

    Case, punctuation, spaces and digits do not count.
    """
    letters = _letters(text)
    return _NAME in letters or letters in _NEAR


def means_dry_run(text: str) -> bool:
    """Return whether `text` is dry_run in another spelling: dryrun, DRY-RUN."""
    return _letters(text) == _NAME


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKC", text).casefold())


def _misspelt(word: str) -> frozenset[str]:
    """Return the words that differ from `word` in one letter, or in the order of two."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return frozenset(
        [
            *(head + tail[1:] for head, tail in cuts),
            *(head + tail[1::-1] + tail[2:] for head, tail in cuts if len(tail) > 1),
            *(head + letter + tail[1:] for head, tail in cuts for letter in ascii_lowercase),
            *(head + letter + tail for head, tail in cuts for letter in ascii_lowercase),
        ]
    )


_NEAR = _misspelt(_NAME) | {"dry"}
