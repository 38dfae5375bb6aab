"""The refused attempts of a room for its pages; sessions/models/refusal.py has the models."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, QuerySet

from access.database.prepared_queries import PreparedModelsQuery
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
    found = sums_of(_counts_between().all(room.pk, start - timedelta(hours=1), end))
    last = _last(room, start, end) if found else []
    return {"refused": [one.text(now) for one in found], "last_refused": last}


@cache
def _counts_between() -> PreparedModelsQuery[Any]:
    def build(room_id: UUID, after: datetime, end: datetime) -> QuerySet[Any]:
        counts: Any = Room.refusal_counts.rel.related_model.objects
        return counts.filter(room=room_id, hour__gt=after, first_at__lte=end)

    return PreparedModelsQuery(build, Room._meta.pk, DateTimeField(), DateTimeField())


def _last(room: Room, start: datetime, end: datetime) -> list[Any]:
    attempts: Any = room.refusals
    return list(attempts.filter(at__gte=start, at__lte=end).order_by("-number"))
