"""Error messages that contain the rejected value."""

import contextlib
import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access.values.numbers import InexactNumber
from access.values.timestamps import format_timestamp

SHOWN_CHARACTERS = 40


def shown(value: Any) -> str:
    """Return `value` as a short, printable part of a message."""
    if isinstance(value, datetime):
        return format_timestamp(value)
    text = _as_text(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _as_text(value: Any) -> str:
    if isinstance(value, InexactNumber):
        return value.text
    # Neither function can write an integer of 5,000 digits or an endlessly nested list.
    for write in (json.dumps, ascii):
        with contextlib.suppress(TypeError, ValueError, RecursionError):
            return write(value)
    return f"this {type(value).__name__}"


def fault(field: str, code: str, rule: str, value: Any) -> ValidationError:
    """Return the error "`field` `rule`, not `value`.", for every channel."""
    message = _("{field} {rule}, not {value}.").format(field=field, rule=rule, value=shown(value))
    return ValidationError(message, code=code)


def unknown_parameter(name: str) -> ValidationError:
    """Return the error of a field that a request cannot set."""
    return ValidationError(_("{name} cannot be set.").format(name=name), code="unknown_parameter")


def missing_parameter(name: str) -> ValidationError:
    """Return the error of a required field that a body lacks."""
    text = _("{name} is required.").format(name=name)
    return ValidationError(text, code="missing_required_parameter")
