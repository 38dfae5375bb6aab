"""Fold texts for the search, and split a search into words (docs/adr/0028-search.md)."""

import re
from unicodedata import category, combining, normalize

# Unicode decomposes accents; these letters have none that it could take away.
_PLAIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th"}
    # The i without a dot is the lower case of the Turkish I.
    | {"\u0131": "i"}
)
_VARIATION_SELECTORS = re.compile("[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# The letters and digits of a folded text, without a look at each character.
_ASCII_WORD = re.compile("[a-z0-9]+")
# A comma means "or" in Arabic and Chinese scripts, too; fold() turns the other commas into these.
_COMMAS = re.compile("[,\u060c\u3001]")


def fold(text: str) -> str:
    """Return `text` without differences of case, accents and Unicode composition.

    For ASCII this is lower(); SQL has the same in rooms/models/searchable.py.
    """
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    kept = "".join(one for one in decomposed if not combining(one) and category(one) != "Cf")
    return _VARIATION_SELECTORS.sub("", kept).translate(_PLAIN_LETTERS)


def alternatives(search: str) -> list[list[str]]:
    """Return the words of each part between commas; a text matches with all words of one part.

    A search without letters and digits looks for its characters. The list is empty if nothing
    is left to look for: then no text matches.
    """
    folded = fold(search)
    found = [words for part in _COMMAS.split(folded) if (words := _words(part))]
    signs = folded.split()
    return found or ([signs] if signs else [])


def is_found(search: str, text: str) -> bool:
    """Return whether a search finds `text`; SQL has the same in rooms/models/searchable.py."""
    folded = fold(text)
    return any(all(word in folded for word in words) for words in alternatives(search))


def _words(text: str) -> list[str]:
    if text.isascii():
        return list(dict.fromkeys(_ASCII_WORD.findall(text)))
    spaced = "".join(one if _is_of_a_word(one) else " " for one in text)
    return list(dict.fromkeys(spaced.split()))


def _is_of_a_word(character: str) -> bool:
    # So has the emoji: the rest of the symbols and all punctuation only separate words.
    kind = category(character)
    return kind[0] in "LMN" or kind == "So"
