"""Change many rooms as one act: lock, judge, report each, and write all or only the valid.

The work comes in stages of a few hundred rooms, sorted by id. All-or-nothing is one
transaction; only-the-valid is one a stage, so that other writers wait for a stage at most.
One id ties the history together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.changes import change_chunk, create_chunk
from rooms.changes.validation import Change, Edit, Values
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, RoomChange

# As many rooms as are judged and written well within a second on a small machine.
CHUNK = 250


class Mode(models.TextChoices):
    ALL = "all", _("All or nothing")
    VALID = "valid", _("Only the valid")


class RowOutcome(models.TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Already so")
    REFUSED = "refused", _("Refused")


@dataclass(frozen=True)
class Result:
    """What became, or would become, of one room. `line` is its line, where it came from a file."""

    outcome: RowOutcome
    room_id: UUID | None = None
    name: str | None = None
    version: int | None = None
    changes: Mapping[str, Any] | None = None
    refusal: ValidationError | None = None
    is_live: bool = False
    line: int | None = None

    @classmethod
    def of(cls, room: Room, became: Change | ValidationError) -> "Result":
        is_live = room.active_session is not None
        if isinstance(became, ValidationError):
            return cls(
                RowOutcome.REFUSED, room.pk, room.name, room.version, None, became, is_live=is_live
            )
        outcome = RowOutcome.CHANGED if became.moved else RowOutcome.UNCHANGED
        version, changes = became.room.version, became.as_json()
        return cls(outcome, room.pk, room.name, version, changes, is_live=is_live)

    @classmethod
    def already(cls, entry: RoomChange) -> "Result":
        """Return the result of a room that this very bulk change moved before it was cut off."""
        return cls(
            RowOutcome.CHANGED, entry.room_id, entry.room_name, entry.version, changes=entry.changes
        )

    @classmethod
    def missing(cls, room_id: UUID) -> "Result":
        error = ValidationError(gettext("There is no such room here."), code="not_found")
        return cls(RowOutcome.REFUSED, room_id, refusal=ValidationError({"id": error}))


@dataclass(frozen=True)
class Summary:
    """The end of a bulk change: how many rooms result_counts how, and whether anything was kept."""

    bulk_id: UUID
    counts: Counter[RowOutcome]
    applied: bool


# Does a part of the work, or with dry=True only judges it, and tells of each room.
Stage = Callable[[bool], Iterable[Result]]


@dataclass(frozen=True)
class Bulk:
    """How a bulk change is to be made, and to which rooms it may be."""

    rooms: RoomQuerySet
    by: Author
    id: UUID
    mode: Mode = Mode.ALL
    dry_run: bool = False
    # Whether nobody else has this id, so that nothing can have been done under it.
    is_new: bool = False

    def run(self, stages: Iterable[Stage], report: Callable[[Result], None]) -> Summary:
        """Do the stages one after the other and report on every room."""
        counts: Counter[RowOutcome] = Counter()
        if self.mode == Mode.VALID:
            self._each(stages, report, counts)
            return Summary(self.id, counts, applied=not self.dry_run)
        with transaction.atomic():
            self._each(stages, report, counts)
            refused = counts[RowOutcome.REFUSED] > 0
            transaction.set_rollback(refused or transaction.get_rollback())
        return Summary(self.id, counts, applied=not (self.dry_run or refused))

    def _each(
        self,
        stages: Iterable[Stage],
        report: Callable[[Result], None],
        counts: Counter[RowOutcome],
    ) -> None:
        for stage in stages:
            # Once one is refused nothing will be kept: the rest is judged, to be told of.
            vain = self.mode == Mode.ALL and counts[RowOutcome.REFUSED] > 0
            for result in stage(self.dry_run or vain):
                counts[result.outcome] += 1
                report(result)

    def changing(
        self, chunks: Iterable[Mapping[UUID, Edit]], lines: Mapping[UUID, int] | None = None
    ) -> Iterator[Stage]:
        """Yield a stage for each chunk of ids and edits; an id not among the rooms is refused."""
        for edits in chunks:
            yield lambda dry, edits=edits: self._change(edits, lines or {}, dry)

    def creating(self, project_id: UUID, rows: Iterable[tuple[int, Values]]) -> Iterator[Stage]:
        """Yield a stage for each chunk of new rooms: the lines they came from, and their values."""
        rows = iter(rows)
        while chunk := list(islice(rows, CHUNK)):
            yield lambda dry, chunk=chunk: self._create(project_id, chunk, dry)

    def _change(
        self, edits: Mapping[UUID, Edit], lines: Mapping[UUID, int], dry: bool
    ) -> Iterator[Result]:
        results = {entry.room_id: Result.already(entry) for entry in self._done(edits)}
        rest = {room_id: edit for room_id, edit in edits.items() if room_id not in results}
        found = change_chunk(
            self.rooms,
            rest,
            by=self.by,
            bulk_id=self.id,
            unless_refused=self.mode == Mode.ALL,
            dry_run=dry,
        )
        results |= {room.pk: Result.of(room, became) for room, became in found}
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
        for (line, values), became in zip(rows, results, strict=True):
            yield _of_new(became, values, line, dry)


def _of_new(became: Change | ValidationError, values: Values, line: int, dry: bool) -> Result:
    if isinstance(became, ValidationError):
        return Result(RowOutcome.REFUSED, name=values.get("name"), refusal=became, line=line)
    room = became.room
    return Result(
        RowOutcome.CREATED,
        None if dry else room.pk,
        room.name,
        room.version,
        changes=became.as_json(),
        line=line,
    )


def chunks_of(rooms: RoomQuerySet, edit: Edit) -> Iterator[dict[UUID, Edit]]:
    """Yield the rooms of a query, in chunks, each with the same edit."""
    for batch in rooms.in_batches(at_once=CHUNK):
        yield dict.fromkeys((room_id for (room_id,) in batch), edit)


def chunks_by_id(edits: Mapping[UUID, Edit]) -> Iterator[dict[UUID, Edit]]:
    """Yield edits that are known beforehand, in chunks, in the order of their ids."""
    ids = sorted(edits)
    for start in range(0, len(ids), CHUNK):
        yield {room_id: edits[room_id] for room_id in ids[start : start + CHUNK]}
