"""What the page of a job shows: counts first, what is refused before what is not, page by page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.staff.limits import visible_to
from rooms.bulk.engine import Mode, RowOutcome
from rooms.changes.reverts import CONFLICT
from rooms.jobs.rows import WOULD_MOVE
from rooms.models import Room
from rooms.models.job import Job, JobRow, JobState, Phase
from rooms.pages.jobs.wording import SummaryLine, lines, of_a_new_room, sentences, title

# All that is refused is to be seen, up to here; then there is the file of everything.
MOST_REFUSED = 500
PAGE = 50
ENDED = (JobState.DONE, JobState.CANCELLED, JobState.FAILED)

_MOVES = Q(outcome__in=WOULD_MOVE)
_REFUSED = Q(outcome=RowOutcome.REFUSED.value) | Q(result=RowOutcome.REFUSED.value)
PARTS = {
    "refused": _REFUSED,
    "moved": Q(result__in=WOULD_MOVE),
    "would": _MOVES & Q(result=""),
    "same": Q(outcome=RowOutcome.UNCHANGED.value) | Q(result=RowOutcome.UNCHANGED.value),
    "live": _MOVES & Q(is_live=True),
    "clock": _MOVES & Q(crosses_clock=True),
}


@dataclass(frozen=True)
class Shown:
    """One room as the page draws it."""

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
    rows: list[Shown]
    # Where the next page of it begins; None where all of it is shown.
    after: int | None = None

    @property
    def others(self) -> int:
        return self.count - len(self.rows)


class JobPage:
    def __init__(self, job: Job, query: Mapping[str, str]) -> None:
        self.job = job
        self.only = query.get("only", "") if query.get("only") in PARTS else ""
        self.after = _number(query.get("after", ""))

    @property
    def template(self) -> str:
        if self.job.is_moving:
            return "rooms/jobs/running.html"
        is_preview = self.job.state == JobState.READY
        return "rooms/jobs/preview.html" if is_preview else "rooms/jobs/result.html"

    @cached_property
    def title(self) -> str:
        return title(self.job)

    @cached_property
    def sentences(self) -> list[str]:
        return sentences(self.job)

    # --- Counts. They are kept with the job: no page counts thousands of rows.

    def _would(self, outcome: RowOutcome) -> int:
        return int(self.job.preview_counts.get(outcome.value, 0))

    def _did(self, outcome: RowOutcome) -> int:
        return int(self.job.result_counts.get(outcome.value, 0))

    @property
    def total(self) -> int:
        return sum(self._would(outcome) for outcome in RowOutcome)

    @property
    def moving(self) -> int:
        return self._would(RowOutcome.CHANGED) + self._would(RowOutcome.CREATED)

    @property
    def created(self) -> int:
        return self._would(RowOutcome.CREATED)

    @property
    def moved(self) -> int:
        return self._did(RowOutcome.CHANGED) + self._did(RowOutcome.CREATED)

    @property
    def made(self) -> int:
        return self._did(RowOutcome.CREATED)

    @property
    def refused(self) -> int:
        return self._would(RowOutcome.REFUSED) + self._did(RowOutcome.REFUSED)

    @property
    def same(self) -> int:
        return self._would(RowOutcome.UNCHANGED) + self._did(RowOutcome.UNCHANGED)

    @property
    def left(self) -> int:
        """Rooms that would have moved, and that nothing was done to."""
        return self.moving - sum(self._did(outcome) for outcome in RowOutcome)

    @property
    def live(self) -> int:
        return int(self.job.preview_counts.get("live", 0))

    @property
    def clock(self) -> int:
        return int(self.job.preview_counts.get("clock", 0))

    @property
    def conflicts(self) -> int:
        return int(self.job.preview_counts.get(CONFLICT, 0))

    @property
    def can_undo(self) -> bool:
        changed = self._did(RowOutcome.CHANGED)
        return self.job.state in ENDED and self.job.mode != "" and changed > 0

    @property
    def is_all_or_nothing(self) -> bool:
        return self.job.mode == Mode.ALL

    @property
    def percent(self) -> int:
        return 100 * self.job.done // self.job.total if self.job.total else 0

    @property
    def is_writing(self) -> bool:
        return self.job.phase == Phase.WRITE

    # --- The rooms.

    def sections(self) -> Iterator[Section]:
        """Yield what is to be seen here: what needs a look first."""
        for part in [self.only] if self.only else self._parts():
            section = self._section(part)
            if section.rows:
                yield section

    def _parts(self) -> list[str]:
        if self.job.state == JobState.READY:
            return ["refused", "would"]
        return ["refused", "moved", "would"]

    def _section(self, part: str) -> Section:
        size = MOST_REFUSED if part == "refused" else PAGE
        rows = self.job.rooms.filter(PARTS[part])
        if self.after is not None and part != "refused":
            rows = rows.filter(number__gt=self.after)
        found = list(rows[: size + 1])
        more, found = len(found) > size, found[:size]
        return Section(
            part, self._title(part), self._count(part), self._drawn(found),
            found[-1].number if more else None,
        )  # fmt: skip

    def _drawn(self, rows: list[JobRow]) -> list[Shown]:
        ids = [row.room_id for row in rows if row.room_id]
        seen = Room.objects.filter(visible_to(self.job.owner)).select_related("project")
        rooms = seen.in_bulk(ids)
        return [Shown(row, rooms.get(row.room_id), _lines(row)) for row in rows]

    def _count(self, part: str) -> int:
        would = self.moving if self.job.state == JobState.READY else self.left
        return {
            "refused": self.refused, "moved": self.moved, "would": would,
            "same": self.same, "live": self.live, "clock": self.clock,
        }[part]  # fmt: skip

    def _title(self, part: str) -> str:
        if part == "would" and self.job.state != JobState.READY:
            return gettext("Not changed")
        if part == "refused" and self.job.state == JobState.READY:
            return gettext("Would be refused")
        return str(TITLES[part])


TITLES = {
    "refused": _("Refused"),
    "moved": _("Changed"),
    "would": _("Would change"),
    "same": _("Already so"),
    "live": _("Live now"),
    "clock": _("Across a clock change"),
}


def _lines(row: JobRow) -> list[SummaryLine]:
    if not row.changes:
        return []
    return of_a_new_room(row.changes) if row.outcome == RowOutcome.CREATED else lines(row.changes)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def fate(row: JobRow) -> str:
    """Return what became of a room, or what would."""
    return row.result or row.outcome
