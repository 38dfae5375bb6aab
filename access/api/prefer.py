"""The header Prefer (RFC 7240)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
# A preference or a parameter, up to the next separator. Lists may have empty elements.
_PART = re.compile(
    rf"[ \t]*+(?:({_WORD})[ \t]*+(?:=[ \t]*+({_QUOTED}|{_WORD})?)?)?[ \t]*+([,;]|\Z)"
)
_PAIR = rf"{_WORD}[ \t]*(?:=[ \t]*(?:(?:{_QUOTED}|{_WORD})[ \t]*)?)?"
_ELEMENT = rf"[ \t]*(?:{_PAIR}(?:;[ \t]*(?:{_PAIR})?)*)?"
# The headers that parse_prefer accepts, for the OpenAPI document.
SYNTAX = rf"^{_ELEMENT}(?:,{_ELEMENT})*$"


@dataclass(frozen=True)
class Preference:
    """A preference with its parameters; an empty value means the same as no value."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)


class Preferences:
    """The preferences of a header. Raises ValueError if it is malformed."""

    def __init__(self, header: str) -> None:
        self.all = parse_prefer(header)
        # The first of equal preferences counts.
        self.by_name = {one.name: one for one in reversed(self.all)}

    def has(self, name: str, value: str = "") -> bool:
        one = self.by_name.get(name)
        return one is not None and one.value.lower() == value

    def words(self) -> Iterator[str]:
        """Yield every name and value, also those of parameters."""
        for one in self.all:
            yield from (one.name, one.value, *one.parameters, *one.parameters.values())


def parse_prefer(header: str) -> list[Preference]:
    """Return the preferences of a header in order. Raises ValueError if it is malformed."""
    found: list[Preference] = []
    current = None
    for separator, name, value in _parts(header):
        if separator == ",":
            current = Preference(name, value) if name else None
            found += [current] if current else []
        elif current is None:
            raise ValueError("a parameter has no preference")
        elif name:
            current.parameters.setdefault(name, value)
    return found


def _parts(header: str) -> Iterator[tuple[str, str, str]]:
    """Yield the separator before each part, its name in lower case and its value."""
    position, separator = 0, ","
    while separator:
        part = _PART.match(header, position)
        if not part:
            raise ValueError("a part is not name=value")
        yield separator, (part[1] or "").lower(), _unquoted(part[2] or "")
        position, separator = part.end(), part[3]


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
