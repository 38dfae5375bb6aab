"""Find the names that are nearest to a search, by the parts of three characters that they share."""

from collections.abc import Iterable
from typing import TypeVar

from rooms.rules.searching import alternatives

Key = TypeVar("Key")
# The share of the search's parts that a name must have; a typing error takes away up to three.
LEAST = 0.45


def nearest(search: str, names: Iterable[tuple[Key, str]], most: int) -> list[Key]:
    """Return the keys of at most `most` names that are like `search`, the nearest first."""
    asked = _parts(search)
    scored = [(_score(asked, _parts(name)), key) for key, name in names]
    near = [one for one in scored if one[0] >= (LEAST,)]
    return [key for _, key in sorted(near, key=lambda one: one[0], reverse=True)[:most]]


def _score(asked: frozenset[str], parts: frozenset[str]) -> tuple[float, float]:
    """Return the share of `asked` that is in `parts`, and then that of all their parts."""
    shared = len(asked & parts)
    return shared / max(len(asked), 1), shared / max(len(asked | parts), 1)


def _parts(text: str) -> frozenset[str]:
    # A space at the beginning and at the end makes the first and the last letters count.
    words = {f" {word} " for part in alternatives(text) for word in part}
    return frozenset(word[at : at + 3] for word in words for at in range(len(word) - 2))
