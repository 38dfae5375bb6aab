"""Change many rooms as one bulk change: lock, validate, report each, write all or the valid.

The work comes in stages of a few hundred rooms, sorted by id. Mode "all" is one transaction.
Mode "valid" is one for each stage, so that other writers wait for one stage at most. All changes
have the same bulk id in the history.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.http.processors import processor
from rooms.changes import change_chunk, create_chunk
from rooms.changes.validation import Change, Edit, Values
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, RoomChange

# A small machine validates and writes this number of rooms well within a second.
CHUNK = 250


class Mode(models.TextChoices):
    ALL = "all", _("All or nothing")
    VALID = "valid", _("Valid rooms only")


class RowOutcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("No change")
    REFUSED = "refused", _("Not changed")


@dataclass(frozen=True)
class Result:
    """The outcome for one room; `line` is its row in an imported file."""

    outcome: RowOutcome
    room_id: UUID | None = None
    name: str | None = None
    version: int | None = None
    changes: Mapping[str, Any] | None = None
    refusal: ValidationError | None = None
    is_live: bool = False
    line: int | None = None

    @classmethod
    def from_change(cls, room: Room, outcome: Change | ValidationError) -> "Result":
        is_live = room.active_session is not None
        if isinstance(outcome, ValidationError):
            return cls(
                RowOutcome.REFUSED, room.pk, room.name, room.version, None, outcome, is_live=is_live
            )
        kind = RowOutcome.CHANGED if outcome.moved else RowOutcome.UNCHANGED
        version, changes = outcome.room.version, outcome.as_json()
        return cls(kind, room.pk, room.name, version, changes, is_live=is_live)

    @classmethod
    def from_history(cls, entry: RoomChange) -> "Result":
        """Return the result of a room that an interrupted attempt of this change has changed."""
        return cls(
            RowOutcome.CHANGED, entry.room_id, entry.room_name, entry.version, changes=entry.changes
        )

    @classmethod
    def missing(cls, room_id: UUID) -> "Result":
        error = ValidationError(gettext("There is no such room here."), code="not_found")
        return cls(RowOutcome.REFUSED, room_id, refusal=ValidationError({"id": error}))


@dataclass(frozen=True)
class Summary:
    """The end of a bulk change: rooms by outcome, and whether the changes were committed."""

    bulk_id: UUID
    counts: Counter[RowOutcome]
    applied: bool


# Does a part of the work, or with True only validates it, and yields the result of each room.
Stage = Callable[[bool], Iterable[Result]]


@dataclass(frozen=True)
class Bulk:
    """The options of a bulk change, and the rooms that it may change."""

    rooms: RoomQuerySet
    by: Author
    id: UUID
    mode: Mode = Mode.ALL
    dry_run: bool = False
    # The id is new, so the history cannot have changes of an interrupted attempt.
    is_new: bool = False

    def run(self, stages: Iterable[Stage], report: Callable[[Result], None]) -> Summary:
        """Run the stages in order and report the result of every room."""
        counts: Counter[RowOutcome] = Counter()
        # A dry run needs no transaction, which on SQLite would keep all others from writing.
        if self.dry_run or self.mode == Mode.VALID:
            self._each(stages, report, counts)
            return Summary(self.id, counts, applied=not self.dry_run)
        with transaction.atomic():
            self._each(stages, report, counts)
            refused = counts[RowOutcome.REFUSED] > 0
            transaction.set_rollback(refused or transaction.get_rollback())
        return Summary(self.id, counts, applied=not refused)

    def _each(
        self,
        stages: Iterable[Stage],
        report: Callable[[Result], None],
        counts: Counter[RowOutcome],
    ) -> None:
        remaining, more = iter(stages), True
        while more:
            # Others may wait for rows that are locked, so they get a processor as it comes.
            with processor() if self.dry_run else nullcontext():
                more = self._next(remaining, report, counts)

    def _next(
        self,
        stages: Iterator[Stage],
        report: Callable[[Result], None],
        counts: Counter[RowOutcome],
    ) -> bool:
        """Run the next stage; return whether there was one."""
        stage = next(stages, None)
        if stage is None:
            return False
        # After a refusal in mode "all" the rest is validated only, for the report.
        is_refused = self.mode == Mode.ALL and counts[RowOutcome.REFUSED] > 0
        for result in stage(self.dry_run or is_refused):
            counts[result.outcome] += 1
            report(result)
        return True

    def changing(
        self, chunks: Iterable[Mapping[UUID, Edit]], lines: Mapping[UUID, int] | None = None
    ) -> Iterator[Stage]:
        """Yield a stage for each chunk of edits by id; ids that are not in `rooms` are refused."""
        for edits in chunks:
            yield lambda dry, edits=edits: self._change(edits, lines or {}, dry)

    def creating(self, project_id: UUID, rows: Iterable[tuple[int, Values]]) -> Iterator[Stage]:
        """Yield a stage for each chunk of new rooms, given as (line, values)."""
        rows = iter(rows)
        while chunk := list(islice(rows, CHUNK)):
            yield lambda dry, chunk=chunk: self._create(project_id, chunk, dry)

    def _change(
        self, edits: Mapping[UUID, Edit], lines: Mapping[UUID, int], dry: bool
    ) -> Iterator[Result]:
        results = {entry.room_id: Result.from_history(entry) for entry in self._done(edits)}
        rest = {room_id: edit for room_id, edit in edits.items() if room_id not in results}
        found = change_chunk(
            self.rooms,
            rest,
            by=self.by,
            bulk_id=self.id,
            unless_refused=self.mode == Mode.ALL,
            dry_run=dry,
        )
        results |= {room.pk: Result.from_change(room, outcome) for room, outcome in found}
        for room_id in edits:
            result = results.get(room_id) or Result.missing(room_id)
            line = lines.get(room_id)
            yield result if line is None else replace(result, line=line)

    def _done(self, edits: Mapping[UUID, Edit]) -> Iterable[RoomChange]:
        if self.is_new:
            return ()
        return RoomChange.objects.filter(bulk_id=self.id, room_id__in=list(edits))

    def _create(
        self, project_id: UUID, rows: Sequence[tuple[int, Values]], dry: bool
    ) -> Iterator[Result]:
        results = create_chunk(
            project_id,
            [values for _line, values in rows],
            by=self.by,
            bulk_id=self.id,
            unless_refused=self.mode == Mode.ALL,
            dry_run=dry,
        )
        for (line, values), outcome in zip(rows, results, strict=True):
            yield _creation_result(outcome, values, line, dry)


def _creation_result(
    outcome: Change | ValidationError, values: Values, line: int, dry: bool
) -> Result:
    if isinstance(outcome, ValidationError):
        return Result(RowOutcome.REFUSED, name=values.get("name"), refusal=outcome, line=line)
    room = outcome.room
    return Result(
        RowOutcome.CREATED,
        None if dry else room.pk,
        room.name,
        room.version,
        changes=outcome.as_json(),
        line=line,
    )


def chunks_of(rooms: RoomQuerySet, edit: Edit) -> Iterator[dict[UUID, Edit]]:
    """Yield the same edit for the rooms of a query, in chunks by id."""
    for batch in rooms.in_batches(at_once=CHUNK):
        yield dict.fromkeys((room_id for (room_id,) in batch), edit)


def chunks_by_id(edits: Mapping[UUID, Edit]) -> Iterator[dict[UUID, Edit]]:
    """Yield edits in chunks, in the order of the ids."""
    ids = sorted(edits)
    for start in range(0, len(ids), CHUNK):
        yield {room_id: edits[room_id] for room_id in ids[start : start + CHUNK]}
