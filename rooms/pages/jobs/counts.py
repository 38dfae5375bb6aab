"""The numbers of rooms of a job by outcome, in digits and in sentences."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from rooms.bulk.engine import Mode, RowOutcome
from rooms.changes.reverts import CONFLICT
from rooms.models.job import Job, JobKind, JobState

ENDED = (JobState.DONE, JobState.CANCELLED, JobState.FAILED)


@dataclass(frozen=True)
class Total:
    """One number of rooms above the list; `kind` is its CSS class."""

    number: int
    words: str
    kind: str = ""
    note: str = ""


class JobCounts:
    """The counts are stored with the job, so that no page counts thousands of rows."""

    job: Job

    def _previewed(self, outcome: RowOutcome) -> int:
        return int(self.job.preview_counts.get(outcome.value, 0))

    def _applied(self, outcome: RowOutcome) -> int:
        return int(self.job.result_counts.get(outcome.value, 0))

    @property
    def moving(self) -> int:
        return self._previewed(RowOutcome.CHANGED) + self._previewed(RowOutcome.CREATED)

    @property
    def moved(self) -> int:
        return self._applied(RowOutcome.CHANGED) + self._applied(RowOutcome.CREATED)

    @property
    def made(self) -> int:
        return self._applied(RowOutcome.CREATED)

    @property
    def refused(self) -> int:
        return self._previewed(RowOutcome.REFUSED) + self._applied(RowOutcome.REFUSED)

    @property
    def has_refused_file(self) -> bool:
        """Whether the refused rows of an import can be downloaded as they were sent."""
        return self.refused > 0 and "header" in self.job.request

    @property
    def same(self) -> int:
        return self._previewed(RowOutcome.UNCHANGED) + self._applied(RowOutcome.UNCHANGED)

    @property
    def left(self) -> int:
        """Rooms that the preview would change, and that were neither changed nor refused."""
        return self.moving - sum(self._applied(outcome) for outcome in RowOutcome)

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
        changed = self._applied(RowOutcome.CHANGED)
        return self.job.state in ENDED and self.job.mode != "" and changed > 0

    @property
    def is_undone(self) -> bool:
        """Whether the job was an undo, so that to undo it is to redo."""
        return self.job.kind == JobKind.UNDO and not self.job.request.get("redo")

    @property
    def state_text(self) -> str:
        if self.job.state != JobState.READY:
            return str(self.job.get_state_display())
        return gettext("Preview, not applied") if self.moving else gettext("Nothing to apply")

    @property
    def can_override(self) -> bool:
        return self.conflicts > 0 and not self.job.request.get("override")

    @property
    def is_all_or_nothing(self) -> bool:
        return self.job.mode == Mode.ALL

    # --- Sentences.

    def totals(self) -> list[Total]:
        is_preview = self.job.state == JobState.READY
        return self._preview_totals() if is_preview else self._result_totals()

    def _preview_totals(self) -> list[Total]:
        created = _new(self._previewed(RowOutcome.CREATED))
        return [
            Total(self.moving, gettext("would change"), "good", created),
            Total(self.refused, gettext("can't be changed"), "bad" if self.refused else ""),
            Total(self.same, gettext("no change")),
        ]

    def _result_totals(self) -> list[Total]:
        is_undo = self.job.kind == JobKind.UNDO
        changed = gettext("undone") if is_undo else gettext("changed")
        totals = [
            Total(self.moved, changed, "good" if self.moved else "", _new(self.made)),
            Total(self.refused, gettext("not changed"), "bad" if self.refused else ""),
            Total(self.same, gettext("no change")),
        ]
        left = [Total(self.left, gettext("not applied"))] if self.left > 0 else []
        return totals + left

    @cached_property
    def live_note(self) -> str:
        words = ngettext(
            "{number} room is live. Its change takes effect from the next session.",
            "{number} rooms are live. Their changes take effect from the next session.",
            self.live,
        )
        return with_number(words, self.live) if self.live else ""

    @cached_property
    def clock_note(self) -> str:
        words = ngettext(
            "{number} room crosses a clock change in {zone}, so its local time moves by "
            "another length than you entered. Check the times.",
            "{number} rooms cross a clock change in {zone}, so their local times move by "
            "another length than you entered. Check the times.",
            self.clock,
        )
        return with_number(words, self.clock, zone=self.job.zone) if self.clock else ""

    @property
    def apply_label(self) -> str:
        words = ngettext("Apply to {number} room", "Apply to {number} rooms", self.moving)
        if self.moving > 1 and not self.refused:
            words = gettext("Apply to all {number} rooms")
        return with_number(words, self.moving)

    @property
    def nothing_applied(self) -> str:
        words = ngettext(
            "No room was changed, because {number} room has changed since the preview.",
            "No room was changed, because {number} rooms have changed since the preview.",
            self.refused,
        )
        return with_number(words, self.refused)

    @property
    def progress(self) -> str:
        words = gettext("{done} of {total}")
        return words.format(done=_digits(self.job.done), total=_digits(self.job.total))

    @property
    def total_rooms(self) -> str:
        words = ngettext("{number} room", "{number} rooms", self.job.total)
        return with_number(words, self.job.total)

    @property
    def notice(self) -> str:
        """Return the end of the job in a few words, for other pages."""
        if self.job.state == JobState.READY:
            return gettext("The preview is ready.")
        if self.job.state != JobState.DONE:
            return str(self.job.get_state_display())
        words = gettext("Done: {changed} changed, {refused} not changed.")
        return words.format(changed=_digits(self.moved), refused=_digits(self.refused))


def with_number(words: str, number: int, **more: str) -> str:
    """Put a number into a sentence, with the separators of the active language."""
    return words.format(number=_digits(number), **more)


def _digits(number: int) -> str:
    return number_format(number, force_grouping=True)


def _new(number: int) -> str:
    if not number:
        return ""
    words = ngettext("{number} of them is new", "{number} of them are new", number)
    return with_number(words, number)
