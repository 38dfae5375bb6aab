"""The page of a job: counts, then the rooms in sections, refused ones first, page by page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.staff.limits import visible_to
from rooms.bulk.engine import RowOutcome
from rooms.jobs.access import visible_rows
from rooms.jobs.rows import CHANGING
from rooms.models import Room
from rooms.models.job import Job, JobState
from rooms.models.job_row import JobRow
from rooms.pages.jobs.counts import JobCounts, with_number
from rooms.pages.jobs.refusals import FaultGroup, fault_groups
from rooms.pages.jobs.sent_cells import SentCells
from rooms.pages.jobs.wording import (
    SummaryLine,
    change_lines,
    job_title,
    new_room_lines,
    request_sentences,
)

# The page shows all refused rooms up to this number; the file has all of them.
MOST_REFUSED = 500
PAGE = 50

_CHANGES = Q(outcome__in=CHANGING)
REFUSED = Q(outcome=RowOutcome.REFUSED.value) | Q(result=RowOutcome.REFUSED.value)
PARTS = {
    "refused": REFUSED,
    "moved": Q(result__in=CHANGING),
    "would": _CHANGES & Q(result=""),
    "same": Q(outcome=RowOutcome.UNCHANGED.value) | Q(result=RowOutcome.UNCHANGED.value),
    "live": _CHANGES & Q(is_live=True),
    "clock": _CHANGES & Q(crosses_clock=True),
}
TITLES = {
    "refused": _("Not changed"),
    "moved": _("Changed"),
    "would": _("Would change"),
    "same": _("No change"),
    "live": _("Live now"),
    "clock": _("Across a clock change"),
}
PREVIEW_TITLES = {**TITLES, "refused": _("Can't be changed")}
RESULT_TITLES = {**TITLES, "would": _("Not applied")}


@dataclass(frozen=True)
class RoomResult:
    """One room of a section."""

    row: JobRow
    room: Room | None
    lines: list[SummaryLine]

    @property
    def name(self) -> str:
        return self.row.name or str(self.row.room_id or gettext("no name"))

    @property
    def is_new(self) -> bool:
        return self.row.outcome == RowOutcome.CREATED


@dataclass(frozen=True)
class Section:
    part: str
    title: str
    count: int
    rows: list[RoomResult]
    # The position at which the next page continues; None on the last page.
    after: int | None = None

    @property
    def is_refused(self) -> bool:
        return self.part == "refused"

    @property
    def has_lines(self) -> bool:
        return self.part not in ("refused", "same")

    @property
    def more(self) -> str:
        others = self.count - len(self.rows)
        if not self.is_refused or others <= 0:
            return ""
        return with_number(gettext("and {number} more, which are in the CSV file"), others)


class JobPage(JobCounts):
    def __init__(self, job: Job, query: Mapping[str, str]) -> None:
        self.job = job
        self.only = query.get("only", "") if query.get("only") in PARTS else ""
        self.after = _number(query.get("after", ""))
        self.is_preview = job.state == JobState.READY

    @property
    def template(self) -> str:
        if self.job.is_moving:
            return "rooms/jobs/running.html"
        return "rooms/jobs/preview.html" if self.is_preview else "rooms/jobs/result.html"

    @cached_property
    def title(self) -> str:
        return job_title(self.job)

    @cached_property
    def sentences(self) -> list[str]:
        return request_sentences(self.job)

    def filters(self) -> list[tuple[str, str, int]]:
        """Return (part, title, count) of the parts that a user may look at alone."""
        counts = {"live": self.live, "clock": self.clock, "same": self.same}
        return [(part, str(TITLES[part]), count) for part, count in counts.items() if count]

    def sections(self) -> Iterator[Section]:
        """Yield the sections that have rooms, refused rooms first."""
        parts = ["refused", "would"] if self.is_preview else ["refused", "moved", "would"]
        for part in [self.only] if self.only else parts:
            section = self._section(part)
            if section.rows:
                yield section

    def _section(self, part: str) -> Section:
        size = MOST_REFUSED if part == "refused" else PAGE
        rows = visible_rows(self.job, self.job.owner).filter(PARTS[part])
        if self.after is not None and part != "refused":
            rows = rows.filter(number__gt=self.after)
        found = list(rows[: size + 1])
        after = found[size - 1].number if len(found) > size and part != "refused" else None
        titles = PREVIEW_TITLES if self.is_preview else RESULT_TITLES
        results = self._results(found[:size])
        return Section(part, str(titles[part]), self._count(part), results, after)

    def _results(self, rows: list[JobRow]) -> list[RoomResult]:
        ids = [row.room_id for row in rows if row.room_id]
        visible = Room.objects.filter(visible_to(self.job.owner)).select_related("project")
        rooms = visible.in_bulk(ids)
        cells = SentCells(self.job)
        return [
            RoomResult(row, rooms.get(row.room_id), cells.added_to(_lines(row), row))
            for row in rows
        ]

    @cached_property
    def fault_groups(self) -> list[FaultGroup]:
        """Equal faults of the refused rows together, if there is more than one row."""
        rows = visible_rows(self.job, self.job.owner).filter(REFUSED)
        return fault_groups(rows.values_list("line", "faults")) if self.refused > 1 else []

    def _count(self, part: str) -> int:
        counts = {
            "refused": self.refused,
            "moved": self.moved,
            "would": self.moving if self.is_preview else self.left,
            "same": self.same,
            "live": self.live,
            "clock": self.clock,
        }
        return counts[part]


def _lines(row: JobRow) -> list[SummaryLine]:
    if not row.changes:
        return []
    is_new = row.outcome == RowOutcome.CREATED
    return new_room_lines(row.changes) if is_new else change_lines(row.changes)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
