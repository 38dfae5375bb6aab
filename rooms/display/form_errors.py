"""The faults of a refusal in the words of a form: labels, local times, and what to do."""

import json
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext

from access.values.faults import missing_parameter
from rooms.changes.validation import FIELDS
from rooms.display.refusals import in_words
from rooms.models import Room
from rooms.rules.constraints import Between, InRange, Slug, rule_of
from rooms.rules.fields import TimestampField

_NO_TIME = TimestampField.requirement


def refusal_in_words(refusal: ValidationError) -> dict[str, list[ValidationError]]:
    """Return the faults of a refusal by field, each with what the user can do."""
    return {
        name: [
            ValidationError(form_sentence(name, message), code=fault.code)
            for fault in faults
            for message in fault.messages
        ]
        for name, faults in refusal.error_dict.items()
    }


def form_sentence(name: str, message: str) -> str:
    """Return the message of a rule of the field `name` as a form shows it."""
    if message == missing_parameter("name").message:
        return gettext("Enter a name.")
    order = gettext("{second} must be after {first}: {then} is not after {before}.")
    if parts := _parts(order, message):
        words = gettext("{second} ({then}) must be after {first} ({before}).")
        return in_words(words.format(**parts))
    parts = _parts(gettext("{field} {rule}, not {value}."), message)
    return (_instruction(name, **parts) if parts else "") or in_words(message)


def _parts(words: str, message: str) -> dict[str, str]:
    """Return the values of the placeholders of `words` in a message; empty without a match."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(words))
    match = re.fullmatch(pattern, message, re.S)
    return match.groupdict() if match else {}


def _instruction(name: str, field: str, rule: str, value: str) -> str:
    """Return the request for another value, or nothing if the sentence of the rule is best."""
    limit = rule_of(Room, name)
    if field != name:
        return ""
    if isinstance(limit, InRange):
        words = gettext("Enter a number from {low} to {high}.")
        return words.format(low=limit.low, high=limit.high)
    if isinstance(limit, Slug):
        return _try(value, limit.longest)
    if isinstance(limit, Between) and rule == limit.requirement():
        words = gettext("Enter a time in the years {first} to {last}.")
        return words.format(first=limit.first.year, last=limit.last.year)
    is_time = isinstance(FIELDS.get(name), TimestampField)
    return gettext("Enter a date and a time.") if is_time and rule == _NO_TIME else ""


def _try(value: str, longest: int) -> str:
    rule = gettext("Use only letters, digits, - and _, at most {longest}.").format(longest=longest)
    name = slugify(_read(value))[:longest]
    return f"{rule} {gettext('Try “{name}”.').format(name=name)}" if name else rule


def _read(value: str) -> Any:
    """Return the text that a message shows; nothing if it is cut off."""
    try:
        return json.loads(value)
    except ValueError:
        return ""
