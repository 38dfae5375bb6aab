"""Numbers of JSON, validated as they are written: 299.99999999999999999 is not 300."""

import re

_NUMBER = re.compile(r"-?(?P<whole>\d+)(?:\.(?P<fraction>\d+))?(?:[eE](?P<exponent>[+-]?\d+))?")
# Python refuses to convert longer texts, because the time grows with the square.
LONGEST_INTEGER = 4300
# No float has a larger exponent.
LONGEST_EXPONENT = 8


class InexactNumber(float):
    """A number whose float or int is another number; it is never a whole one."""

    def __new__(cls, text: str) -> "InexactNumber":
        number = super().__new__(cls, text)
        number.text = str(text)
        return number

    text: str

    def is_integer(self) -> bool:
        return False


def read_float(text: str) -> float:
    """Return a JSON number with a fraction or an exponent."""
    value = float(text)
    return value if not value.is_integer() or _is_whole(text) else InexactNumber(text)


def read_integer(text: str) -> int | float:
    """Return a JSON number without a fraction and an exponent."""
    return int(text) if len(text) <= LONGEST_INTEGER else InexactNumber(text)


def _is_whole(text: str) -> bool:
    """Return whether the number is whole, in linear time."""
    part = _NUMBER.fullmatch(text)
    if part is None:
        return False
    fraction = (part["fraction"] or "").rstrip("0")
    if not (part["whole"].strip("0") or fraction):
        # Zero with any exponent.
        return True
    exponent = part["exponent"] or "0"
    if len(exponent) > LONGEST_EXPONENT:
        return not exponent.startswith("-")
    zeros = len(part["whole"]) - len(part["whole"].rstrip("0"))
    return int(exponent) >= len(fraction) if fraction else int(exponent) >= -zeros
