"""The refused attempts of a room for its pages; sessions/models/refusal.py has the models."""

from datetime import datetime, timedelta
from typing import Any

from rooms.display.refused import sums_of
from rooms.models import Room

# The hours whose refused attempts a room's page shows.
SHOWN = timedelta(hours=24)


def refused_context(
    room: Room, now: datetime, since: datetime | None = None, until: datetime | None = None
) -> dict[str, Any]:
    """Return the sums and the last refused attempts, by default those of the last 24 hours.

    Attempts are counted by hour, so the sums have the whole hours that `since` and `until` are in.
    """
    start, end = since or now - SHOWN, until or now
    counts: Any = room.refusal_counts
    found = sums_of(counts.filter(hour__gt=start - timedelta(hours=1), first_at__lte=end))
    last = _last(room, start, end) if found else []
    return {"refused": [one.text(now) for one in found], "last_refused": last}


def _last(room: Room, start: datetime, end: datetime) -> list[Any]:
    attempts: Any = room.refusals
    return list(attempts.filter(at__gte=start, at__lte=end).order_by("-number"))
