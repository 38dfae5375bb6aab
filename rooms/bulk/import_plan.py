"""A CSV file as a bulk change: matches its rows with rooms by id or by name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access.values.identifiers import is_uuid
from rooms.bulk.csv_files import CsvRow
from rooms.bulk.engine import CHUNK, Bulk, Result, RowOutcome, Stage, chunks_by_id
from rooms.changes.validation import Values
from rooms.models import Room, RoomQuerySet
from rooms.rules.constraints import rule_of


@dataclass
class Plan:
    """The edits and the new rooms of a file, and the rows that are refused."""

    edits: dict[UUID, "RowEdit"] = field(default_factory=dict)
    creations: list[CsvRow] = field(default_factory=list)
    refused: list[Result] = field(default_factory=list)

    def stages(self, bulk: Bulk, project_id: UUID) -> Iterator[Stage]:
        lines = {room_id: edit.row.line for room_id, edit in self.edits.items()}
        yield lambda _dry: self.refused
        yield from bulk.changing(chunks_by_id(self.edits), lines)
        rows = ((row.line, as_new(row)) for row in self.creations)
        yield from bulk.creating(project_id, rows)


@dataclass(frozen=True)
class RowEdit:
    """A row as an edit (rooms/changes/engine.py) that sets the columns of the file only."""

    row: CsvRow
    demands_version: bool = False

    def __call__(self, room: Room) -> Values:
        row = self.row
        faults = dict(row.faults)
        if row.version is None and self.demands_version:
            faults["version"] = ValidationError(
                _("version is required: this project changes rooms only by version."),
                code="missing_required_parameter",
            )
        elif row.version not in (None, room.version):
            faults["version"] = ValidationError(
                _("version is now {now}, not {then}: export the room again.").format(
                    now=room.version, then=row.version
                ),
                code="stale",
            )
        if faults:
            raise ValidationError(faults)
        return {**row.values, **({"name": row.name} if row.name else {})}


def plan(
    rows: list[CsvRow], rooms: RoomQuerySet, *, create: bool, demands_version: bool = False
) -> Plan:
    """Match rows with `rooms`; with `create`, an unknown name creates a room."""
    made = Plan()
    by_name = _ids_by_name(rows, rooms)
    for row in rows:
        room_id = UUID(row.id) if is_uuid(row.id) else by_name.get(row.name) if not row.id else None
        if room_id is not None and room_id not in made.edits:
            made.edits[room_id] = RowEdit(row, demands_version)
        elif create and not row.id and not row.faults and room_id is None:
            made.creations.append(row)
        else:
            made.refused.append(_refused(row, twice=room_id is not None))
    return made


def _ids_by_name(rows: list[CsvRow], rooms: RoomQuerySet) -> dict[str, UUID]:
    rule = rule_of(Room, "name")
    names = [row.name for row in rows if not row.id and rule and rule.holds(row.name)]
    found: dict[str, UUID] = {}
    for start in range(0, len(names), CHUNK):
        chunk = rooms.filter(name__in=names[start : start + CHUNK])
        found.update(chunk.values_list("name", "pk"))
    return found


def as_new(row: CsvRow) -> Values:
    """Return the values of the new room of a row."""
    # Empty cells keep the defaults of a new room.
    given = {name: value for name, value in row.values.items() if value is not None}
    return {"name": row.name, **given}


def _refused(row: CsvRow, *, twice: bool) -> Result:
    faults = dict(row.faults)
    if twice:
        faults["id"] = ValidationError(_("The file has this room twice."), code="invalid_parameter")
    elif not faults:
        named = "id" if row.id else "name"
        faults[named] = ValidationError(
            _("The project has no room with this {named}.").format(named=named),
            code="not_found",
        )
    refusal = ValidationError(faults)
    return Result(RowOutcome.REFUSED, name=row.name or None, refusal=refusal, line=row.line)
