"""Sentences on refused attempts to join a room: "3 refused since 20:50: not yet open"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from access.staff.times import time_text
from rooms.display.admissions import refused_text


@dataclass(frozen=True)
class RefusedAttempts:
    """The refused attempts of one room for one reason."""

    room_id: Any
    reason: str
    number: int
    since: datetime
    last_at: datetime

    def text(self, now: datetime) -> str:
        words = ngettext(
            "{number} refused since {time}: {reason}",
            "{number} refused since {time}: {reason}",
            self.number,
        )
        # "20:50" is today, and seconds are of no use here.
        since = self.since.replace(second=0, microsecond=0)
        time = time_text(since, now, timezone.localdate(now))
        return words.format(number=self.number, time=time, reason=refused_text(self.reason))


def sums_of(counts: Iterable[Any]) -> list[RefusedAttempts]:
    """Return the sums of counts by hour, for each room and reason; the last refusals first."""
    groups = groupby(sorted(counts, key=_group), key=_group)
    found = [_sum(list(rows)) for _, rows in groups]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def _group(count: Any) -> tuple[str, str]:
    return str(count.room_id), count.reason


def _sum(rows: list[Any]) -> RefusedAttempts:
    return RefusedAttempts(
        rows[0].room_id,
        rows[0].reason,
        sum(row.number for row in rows),
        min(row.first_at for row in rows),
        max(row.last_at for row in rows),
    )
