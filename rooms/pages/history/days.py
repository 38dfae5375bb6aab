"""The lines of a page of history under their days, with bulk edits as one line each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from access.staff.days import day_text
from rooms.models.history import RoomChange
from rooms.pages.history.bulk_lines import BulkLine
from rooms.pages.history.lines import ChangeLine

# The rooms of the bulk edits of a page are counted up to this number.
COUNTED = 1000


@dataclass(frozen=True)
class HistoryDay:
    text: str
    lines: list[ChangeLine | BulkLine]


@dataclass(frozen=True)
class BulkSizes:
    """The number of rooms of each bulk edit; some are incomplete if `is_cut`."""

    counts: Counter[UUID | None]
    is_cut: bool = False

    @classmethod
    def of(cls, lines: list[ChangeLine], changes: QuerySet[RoomChange]) -> "BulkSizes":
        """Count with one statement; `changes` are those that the user may see."""
        ids = {line.change.bulk_id for line in lines} - {None}
        if not ids:
            return cls(Counter())
        of_bulk = changes.filter(bulk_id__in=ids).order_by().values_list("bulk_id", flat=True)
        found = list(of_bulk[: COUNTED + 1])
        return cls(Counter(found), len(found) > COUNTED)


def days_of(lines: list[ChangeLine], sizes: BulkSizes) -> list[HistoryDay]:
    """Return the days of `lines` in the user's zone."""
    today = timezone.localdate()
    by_day = groupby(lines, key=lambda line: timezone.localdate(line.change.at))
    return [
        HistoryDay(capfirst(day_text(day, today)), list(_grouped(list(those), sizes)))
        for day, those in by_day
    ]


def _grouped(lines: list[ChangeLine], sizes: BulkSizes) -> Iterator[ChangeLine | BulkLine]:
    for bulk_id, those in groupby(lines, key=lambda line: line.change.bulk_id):
        found = list(those)
        number = max(sizes.counts[bulk_id], len(found)) if bulk_id in sizes.counts else 1
        if number > 1:
            yield BulkLine(found, number, not sizes.is_cut)
        else:
            yield from found
