"""Sentences of the rules in the words of the pages: labels and local times."""

import re
from datetime import datetime

from access.staff.times import time_texts
from access.values.timestamps import parse_timestamp
from rooms.changes.validation import WRITABLE
from rooms.display.values import label

_RFC_3339 = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# A name without an underscore is an ordinary word unless it begins the sentence.
_FIELDS = re.compile(
    rf"^(?:{'|'.join(WRITABLE)})\b|\b(?:{'|'.join(n for n in WRITABLE if '_' in n)})\b", re.ASCII
)


def in_words(sentence: str) -> str:
    """Return a sentence of the API with labels of fields, and with times in the active zone."""
    words = _FIELDS.sub(lambda match: label(match[0]), sentence)
    found = {text: moment for text in _RFC_3339.findall(words) if (moment := _moment(text))}
    texts = dict(zip(found, time_texts([*found.values()]), strict=True))
    return _RFC_3339.sub(lambda match: texts.get(match[0], match[0]), words)


def _moment(text: str) -> datetime | None:
    try:
        return parse_timestamp(text)
    except ValueError:
        return None
