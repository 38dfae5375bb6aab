"""A clock that stands still and ids that count: two runs then make the same pages."""

import secrets
import uuid
from datetime import UTC, datetime
from itertools import count

import uuid_utils.compat
from django.utils import timezone

# A week with a change to summer time in Europe at its end.
NOW = datetime(2027, 3, 24, 9, 30, tzinfo=UTC)


def freeze():
    """Replace the clock and the sources of ids; call it before Django imports any model."""
    numbers = count(1)
    timezone.now = lambda: NOW
    uuid_utils.compat.uuid7 = lambda: _uuid(next(numbers), version=7)
    uuid.uuid4 = lambda: _uuid(next(numbers), version=4)
    secrets.token_hex = lambda size: f"{next(numbers):0{2 * size}x}"


def _uuid(number, version):
    # The time comes first, so ids that count also sort by time.
    milliseconds = int(NOW.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | version << 76 | 0b10 << 62 | number)
