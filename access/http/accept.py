"""The header Accept (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Iterator

_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r';((?:[^;"]|"(?:[^"\\]|\\.)*"?)*)')
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = re.compile(rf"(?P<type>{_WORD})/(?P<subtype>{_WORD})")
# Java's HTTP client sends .2 instead of 0.2, and * instead of */*.
_WEIGHT = re.compile(r"0(?:\.\d*)?|\.\d+|1(?:\.0*)?")


def weight_of(header: str, media_type: str) -> float:
    """Return the weight of a media type, 0 if the client does not accept it.

    The most specific range counts. Elements that cannot be read are ignored, and so are all
    parameters but the weight. An empty header accepts everything.
    """
    if not header.strip(" \t,"):
        return 1.0
    kind = media_type.partition("/")[0]
    weights = {"*/*": 0.0, f"{kind}/*": 0.0, media_type: 0.0}
    found = ""
    for name, weight in _ranges(header):
        if name in weights:
            weights[name] = max(weights[name], weight)
            found = max(found, name, key=_specificity)
    return weights.get(found, 0.0)


def _specificity(name: str) -> int:
    """Return 0 for no range, 1 for */*, 2 for type/* and 3 for one type."""
    return 3 - name.count("*") if name else 0


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for element in _ELEMENT.findall(header):
        name = element.partition(";")[0].strip().lower()
        name = "*/*" if name == "*" else name
        weight = _weight(_PARAMETER.findall(element))
        if _RANGE.fullmatch(name) and weight is not None:
            yield name, weight


def _weight(parameters: list[str]) -> float | None:
    """Return the weight of an element, 1 without one, or None if it cannot be read."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            text = value.strip()
            return float(text) if _WEIGHT.fullmatch(text) else None
    return 1.0
