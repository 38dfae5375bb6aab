"""Read a bulk request: the rooms, the edit of each room, and the mode."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from access.api.filters import QueryBoolean, read_boolean
from access.http.processors import processor
from access.models import Project
from access.values.faults import fault, missing_parameter
from access.values.identifiers import is_uuid
from rooms.bulk import csv_files, import_plan
from rooms.bulk.engine import Bulk, Mode, Stage, chunks_by_id, chunks_of
from rooms.bulk.recipes import Recipe
from rooms.changes.reverts import reverts_of
from rooms.filters import RoomFilter
from rooms.models import RoomQuerySet
from rooms.models.history import Channel
from rooms.models.searchable import LONGEST_SEARCH

MOST_IDS = 10_000
SELECTING = RoomFilter.base_filters.keys() - {"ordering", "include_active_session"}


@dataclass(frozen=True)
class BulkRequest:
    rooms: RoomQuerySet
    channel: Channel
    mode: Mode
    stages: Callable[[Bulk], Iterable[Stage]]


def from_json(data: dict[str, Any], query: Any, rooms: RoomQuerySet) -> BulkRequest:
    """Return the request of {"select": …, "change": …, "mode": …}.

    Raises ValidationError with every fault that does not depend on a room. Unknown keys are
    refused, because without a misspelt filter the request would change every room.
    """
    faults = {name: _unknown(name) for name in data.keys() - {"select", "change", "mode"}}
    # These options of a CSV request belong into the body of a JSON request.
    faults |= {name: _unknown(name) for name in {"mode", "create"} & query.keys()}
    faults |= {name: missing_parameter(name) for name in {"select", "change"} - data.keys()}
    mode = _collect(faults, read_mode, data.get("mode", Mode.ALL.value))
    recipe = _collect(faults, Recipe.read, data["change"]) if "change" in data else None
    select = data.get("select")
    by_ids = isinstance(select, dict) and select.keys() == {"ids"}
    chosen = (
        _collect(faults, _ids if by_ids else _filtered, select, rooms) if "select" in data else ()
    )
    if faults:
        raise ValidationError(faults)
    if by_ids:
        edits = dict.fromkeys(chosen, recipe)
        return BulkRequest(
            rooms, Channel.BULK, mode, lambda bulk: bulk.changing(chunks_by_id(edits))
        )
    return BulkRequest(
        chosen, Channel.BULK, mode, lambda bulk: bulk.changing(chunks_of(chosen, recipe))
    )


def from_file(data: bytes, query: Any, rooms: RoomQuerySet, project: Project) -> BulkRequest:
    """Return the request of a CSV file; `query` may have mode and create.

    Raises csv_files.InvalidCsv and ValidationError.
    """
    faults: dict[str, Any] = {}
    mode = _collect(faults, read_mode, query.get("mode", Mode.ALL.value))
    create = _collect(faults, read_boolean, query, "create")
    if faults:
        raise ValidationError(faults)
    with processor():
        plan = import_plan.plan(
            csv_files.read_csv(data),
            rooms,
            create=bool(create),
            demands_version=project.requires_if_match,
        )
    return BulkRequest(rooms, Channel.CSV, mode, lambda bulk: plan.stages(bulk, project.pk))


def to_revert(
    bulk_id: UUID, rooms: RoomQuerySet, project_id: UUID, *, mode: Mode, override: bool
) -> BulkRequest | None:
    """Return the request that reverts a bulk change; None if that changed no room."""
    edits = reverts_of(bulk_id, project_id, override=override)
    if not edits:
        return None
    return BulkRequest(rooms, Channel.REVERT, mode, lambda bulk: bulk.changing(chunks_by_id(edits)))


def read_mode(value: Any) -> Mode:
    if value not in Mode.values:
        rule = f"must be one of {', '.join(Mode.values)}"
        raise ValidationError({"mode": fault("mode", "invalid_parameter", rule, value)})
    return Mode(value)


def _collect(faults: dict[str, Any], read: Callable[..., Any], *sent: Any) -> Any:
    """Read a part of a request, and add its faults to those of the other parts."""
    try:
        return read(*sent)
    except ValidationError as found:
        faults |= found.error_dict
        return None


def _ids(select: dict[str, Any], rooms: RoomQuerySet) -> list[UUID]:
    sent = select["ids"]
    rule = f"must be a list of 1 to {MOST_IDS} different ids of rooms"
    fine = isinstance(sent, list) and all(isinstance(one, str) and is_uuid(one) for one in sent)
    ids = [UUID(one) for one in sent] if fine else []
    if not 1 <= len(ids) <= MOST_IDS or len(set(ids)) < len(ids):
        error = fault("select.ids", "invalid_parameter", rule, sent)
        raise ValidationError({"select.ids": error})
    return ids


def _filtered(select: Any, rooms: RoomQuerySet) -> RoomQuerySet:
    fine = isinstance(select, dict) and select.keys() == {"filter"}
    if not fine or not isinstance(select["filter"], dict):
        rule = 'must be {"ids": […]} or {"filter": {…}}'
        raise ValidationError({"select": fault("select", "invalid_parameter", rule, select)})
    asked = select["filter"]
    wrong = {name: _unknown(name) for name in asked.keys() - SELECTING}
    for name in asked.keys() & SELECTING:
        wrong |= _value_fault(name, asked[name])
    if wrong:
        raise ValidationError(wrong)
    return RoomFilter({name: _query_text(value) for name, value in asked.items()}, rooms).narrowed()


def _query_text(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _value_fault(name: str, value: Any) -> dict[str, ValidationError]:
    """Return the fault of a JSON value that the text of a query could not have."""
    if RoomFilter.base_filters[name].field_class is QueryBoolean:
        fine = type(value) is bool
        return {} if fine else {name: fault(name, "not_a_boolean", "must be true or false", value)}
    if not isinstance(value, str):
        return {name: fault(name, "not_a_string", "must be text", value)}
    # A blank value filters nothing in a query. Here it would change every room.
    if not value.strip() or not re.fullmatch(
        rf"[^\ud800-\udfff]{{1,{LONGEST_SEARCH}}}", value, re.S
    ):
        rule = f"must say in 1 to {LONGEST_SEARCH} characters what to look for"
        return {name: fault(name, "invalid_parameter", rule, value)}
    return {}


def _unknown(name: str) -> ValidationError:
    return ValidationError(f"{name} is not known here.", code="unknown_parameter")
