"""Faults in words: the value that was refused, and the error that says so."""

import contextlib
import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access.values.timestamps import format_timestamp

SHOWN_CHARACTERS = 40


def shown(value: Any) -> str:
    """Return `value` as a short, printable piece of a message: never whole, never raw."""
    if isinstance(value, datetime):
        return format_timestamp(value)
    text = _written(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _written(value: Any) -> str:
    # A number of 5,000 digits and a list in a list without end can be written neither way.
    for write in (json.dumps, ascii):
        with contextlib.suppress(TypeError, ValueError, RecursionError):
            return write(value)
    return f"this {type(value).__name__}"


def fault(field: str, code: str, rule: str, value: Any) -> ValidationError:
    """Return the error that says, at every door: `field` `rule`, not `value`."""
    message = _("{field} {rule}, not {value}.").format(field=field, rule=rule, value=shown(value))
    return ValidationError(message, code=code)
