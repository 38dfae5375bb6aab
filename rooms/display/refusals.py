"""Sentences of the rules in the words of the pages: labels and local times."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone

from access.values.timestamps import parse_timestamp
from rooms.changes.validation import WRITABLE
from rooms.display.times import day_and_time
from rooms.display.values import label

_RFC_3339 = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# A name without an underscore is an ordinary word unless it begins the sentence.
_FIELDS = re.compile(
    rf"^(?:{'|'.join(WRITABLE)})\b|\b(?:{'|'.join(n for n in WRITABLE if '_' in n)})\b", re.ASCII
)


def in_words(sentence: str) -> str:
    """Return a sentence of the API with labels of fields, and with times in the active zone."""
    return _RFC_3339.sub(_local, _FIELDS.sub(lambda match: label(match[0]), sentence))


def refusal_in_words(refusal: ValidationError) -> dict[str, list[ValidationError]]:
    """Return the faults of a refusal by field, as `in_words` writes them."""
    return {
        name: [
            ValidationError(in_words(message), code=fault.code)
            for fault in faults
            for message in fault.messages
        ]
        for name, faults in refusal.error_dict.items()
    }


def _local(match: re.Match[str]) -> str:
    try:
        moment = parse_timestamp(match[0])
    except ValueError:
        return match[0]
    zone = timezone.get_current_timezone_name()
    return f"{day_and_time(moment)} UTC" if zone == "UTC" else day_and_time(moment)
