"""What a bulk call asks for: which rooms, what to do to each, and in which mode."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from access.identifiers import is_uuid
from access.models import Project
from rooms import csv_files, imports
from rooms.bulk import Bulk, Mode, Stage, chunks_by_id, chunks_of
from rooms.filters import BOOLEANS, RoomFilter
from rooms.history import Door
from rooms.models import RoomQuerySet
from rooms.recipes import Recipe
from rooms.reverts import reverts_of
from rooms.rules import fault

MOST_IDS = 10_000
SELECTING = RoomFilter.base_filters.keys() - {"ordering", "include_active_session"}


@dataclass(frozen=True)
class Order:
    rooms: RoomQuerySet
    door: Door
    mode: Mode
    stages: Callable[[Bulk], Iterable[Stage]]


def from_json(data: dict[str, Any], rooms: RoomQuerySet) -> Order:
    """Return the order of {"select": …, "change": …, "mode": …}.

    Raises ValidationError with every fault that shows without looking at a room. A key that
    is none of these is refused: ignored, a misspelt filter would change every room.
    """
    faults = {name: _unknown(name) for name in data.keys() - {"select", "change", "mode"}}
    faults |= {name: _missing(name) for name in {"select", "change"} - data.keys()}
    mode = _told(faults, read_mode, data.get("mode", Mode.ALL.value))
    recipe = _told(faults, Recipe.read, data["change"]) if "change" in data else None
    select = data.get("select")
    by_ids = isinstance(select, dict) and select.keys() == {"ids"}
    chosen = _told(faults, _ids if by_ids else _filtered, select, rooms) if "select" in data else ()
    if faults:
        raise ValidationError(faults)
    if by_ids:
        edits = dict.fromkeys(chosen, recipe)
        return Order(rooms, Door.BULK, mode, lambda bulk: bulk.changing(chunks_by_id(edits)))
    return Order(chosen, Door.BULK, mode, lambda bulk: bulk.changing(chunks_of(chosen, recipe)))


def from_file(data: bytes, query: Any, rooms: RoomQuerySet, project: Project) -> Order:
    """Return the order of a CSV file; `query` says mode and, with create, to make new rooms.

    Raises csv_files.WrongFile and ValidationError.
    """
    faults: dict[str, Any] = {}
    mode = _told(faults, read_mode, query.get("mode", Mode.ALL.value))
    create = BOOLEANS.get(query.get("create", "false"))
    if create is None:
        text = query.get("create")
        faults["create"] = fault("create", "not_a_boolean", "must be true or false", text)
    if faults:
        raise ValidationError(faults)
    plan = imports.plan(
        csv_files.read(data),
        rooms,
        create=bool(create),
        demands_version=project.requires_if_match,
    )
    return Order(rooms, Door.CSV, mode, lambda bulk: plan.stages(bulk, project.pk))


def to_revert(
    bulk_id: UUID, rooms: RoomQuerySet, project_id: UUID, *, mode: Mode, override: bool
) -> Order | None:
    """Return the order that puts back what one bulk change moved; None if it moved nothing."""
    edits = reverts_of(bulk_id, project_id, override=override)
    if not edits:
        return None
    return Order(rooms, Door.REVERT, mode, lambda bulk: bulk.changing(chunks_by_id(edits)))


def read_mode(value: Any) -> Mode:
    if value not in Mode.values:
        rule = f"must be one of {', '.join(Mode.values)}"
        raise ValidationError({"mode": fault("mode", "invalid_parameter", rule, value)})
    return Mode(value)


def _told(faults: dict[str, Any], read: Callable[..., Any], *sent: Any) -> Any:
    """Return what `read` makes of a part; its faults join those of the other parts."""
    try:
        return read(*sent)
    except ValidationError as found:
        faults |= found.error_dict
        return None


def _ids(select: dict[str, Any], rooms: RoomQuerySet) -> list[UUID]:
    ids = select["ids"]
    rule = f"must be a list of 1 to {MOST_IDS} different ids of rooms"
    fine = isinstance(ids, list) and all(isinstance(one, str) and is_uuid(one) for one in ids)
    if not fine or not 1 <= len(ids) <= MOST_IDS or len(set(ids)) < len(ids):
        error = fault("select.ids", "invalid_parameter", rule, ids)
        raise ValidationError({"select.ids": error})
    return [UUID(one) for one in ids]


def _filtered(select: Any, rooms: RoomQuerySet) -> RoomQuerySet:
    fine = isinstance(select, dict) and select.keys() == {"filter"}
    if not fine or not isinstance(select["filter"], dict):
        rule = 'must be {"ids": […]} or {"filter": {…}}'
        raise ValidationError({"select": fault("select", "invalid_parameter", rule, select)})
    asked = select["filter"]
    wrong = {name: _unknown(name) for name in asked.keys() - SELECTING}
    # An empty value would filter nothing, as in a query: here it is a slip.
    wrong |= {name: _empty(name, value) for name, value in asked.items() if value in ("", None)}
    if wrong:
        raise ValidationError(wrong)
    return RoomFilter({name: _spelt(value) for name, value in asked.items()}, rooms).narrowed()


def _spelt(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(name: str) -> ValidationError:
    return ValidationError(f"{name} is not known here.", code="unknown_parameter")


def _missing(name: str) -> ValidationError:
    return ValidationError(f"{name} is required.", code="missing_required_parameter")


def _empty(name: str, value: Any) -> ValidationError:
    return fault(name, "invalid_parameter", "must say what to look for", value)
