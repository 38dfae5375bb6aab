"""Schemas of bulk changes, CSV files and reverts in the OpenAPI document."""

from typing import Any

from access.api.openapi import FAULTS, described
from rooms.bulk.csv_cells import COLUMNS
from rooms.bulk.csv_files import MOST_ROWS
from rooms.bulk.engine import Mode, RowOutcome
from rooms.bulk.recipes import FURTHEST_SHIFT
from rooms.bulk.requests import MOST_IDS, SELECTING
from rooms.changes.validation import SETTINGS
from rooms.models.searchable import LONGEST_SEARCH
from rooms.rules.join_policy import SCHEDULE

BULK_CHANGE = {"$ref": "#/components/schemas/BulkChange"}
BULK_REVERT = {"$ref": "#/components/schemas/BulkRevert"}
BULK_RESULT = {"$ref": "#/components/schemas/BulkResult"}
REVERT = {"$ref": "#/components/schemas/Revert"}
CHANGED_ROOM = {"$ref": "#/components/schemas/ChangedRoom"}
CSV_IN = {
    "type": "string",
    "minLength": 1,
    "contentMediaType": "text/csv",
    "description": f"UTF-8, at most {MOST_ROWS} rows, with commas or semicolons. The first row "
    f"has the columns: id or name, and any of {', '.join(COLUMNS[2:])}. Only these are set; "
    "an empty cell means null.",
}
CSV_OUT = {
    "type": "string",
    "contentMediaType": "text/csv",
    "description": f"All rooms, oldest first, with {', '.join(COLUMNS)}. An apostrophe precedes "
    "values that a spreadsheet would run as formulas; an import removes it.",
}
MODE = {
    "type": "string",
    "enum": Mode.values,
    "default": Mode.ALL.value,
    "description": "all: change all rooms, or none if one is refused. "
    "valid: change the rooms that are not refused.",
}

_UUID = {"type": "string", "format": "uuid"}
_CHANGES = {"$ref": "#/components/schemas/Changes"}
_OVERRIDE = {
    "type": "boolean",
    "default": False,
    "description": "Revert fields as well that later changes have changed again.",
}
APPLIED = {"$ref": "#/components/schemas/Applied"}
# In a dry run: the effect of the same change on the session in progress.
APPLIED_NOW = {
    "description": "The effect of the same change, if it were applied to the session now.",
    "anyOf": [
        APPLIED,
        described(
            refused={
                "type": "array",
                "items": {"type": "string"},
                "description": "The reasons why the session cannot have these settings.",
            }
        ),
    ],
}


def bulk_schemas(result: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of bulk changes, built from those of rooms in the document `result`."""
    settable = result["components"]["schemas"]["RoomChangeRequest"]["properties"]
    listed = result["paths"]["/api/video/rooms"]["get"]["parameters"]
    filters = {one["name"]: one["schema"] for one in listed if one.get("name") in SELECTING}
    return {
        "BulkChange": _closed(
            ("mode",), select=_select(filters), change=_change(settable), mode=MODE
        ),
        "BulkRevert": described(("override", "mode"), override=_OVERRIDE, mode=MODE),
        "Revert": described(("override",), override=_OVERRIDE),
        **_ANSWERS,
    }


def _select(filters: dict[str, Any]) -> dict[str, Any]:
    ids = {
        "type": "array",
        "items": _UUID,
        "minItems": 1,
        "maxItems": MOST_IDS,
        "uniqueItems": True,
    }
    by_filter = _closed(tuple(filters), **{name: _sought(one) for name, one in filters.items()})
    words = "The filters of the list of rooms. {} selects every room of the project."
    return {
        "anyOf": [_closed(ids=ids), _closed(filter={**by_filter, "description": words})],
        "description": "The rooms to change.",
    }


def _sought(schema: dict[str, Any]) -> dict[str, Any]:
    if "pattern" not in schema:
        return schema
    # A blank filter would select every room, so it is refused here.
    return {
        "type": "string",
        "maxLength": LONGEST_SEARCH,
        "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
    }


def _change(settable: dict[str, Any]) -> dict[str, Any]:
    settings = {name: settable[name] for name in SETTINGS}
    emptied = [name for name, schema in settings.items() if _takes_null(schema)]
    seconds = {
        "type": "integer",
        "minimum": -FURTHEST_SHIFT,
        "maximum": FURTHEST_SHIFT,
        "not": {"const": 0},
    }
    parts = {
        "set": _closed(SETTINGS, **settings),
        "clear": {
            "type": "array",
            "items": {"type": "string", "enum": emptied},
            "uniqueItems": True,
        },
        "shift": {
            **_closed(SCHEDULE, **dict.fromkeys(SCHEDULE, seconds)),
            "description": "Seconds, negative for earlier. A time that is null stays null.",
        },
    }
    words = "The change of each room. A field may be in one of set, clear and shift only."
    return {**_closed(tuple(parts), **parts), "minProperties": 1, "description": words}


def _takes_null(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", []) or {"type": "null"} in schema.get("anyOf", [])


def _closed(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {**described(optional, **properties), "additionalProperties": False}


_RESULT = described(
    ("line", "changes", "live", "errors"),
    id={**_UUID, "type": ["string", "null"]},
    name={"type": ["string", "null"]},
    outcome={"type": "string", "enum": RowOutcome.values},
    version={"type": ["integer", "null"], "description": "The version after the change."},
    line={"type": "integer", "minimum": 1, "description": "Its row; the header is row 1."},
    changes=_CHANGES,
    live={
        "type": "boolean",
        "description": "The room has a session in progress, which keeps its settings.",
    },
    errors=FAULTS,
)
_BULK = {
    "bulk_id": {
        **_UUID,
        "description": "The id of the bulk change, in the history and for a revert.",
    },
    "mode": {"type": "string", "enum": Mode.values},
    "dry_run": {"type": "boolean"},
    "applied": {"type": "boolean", "description": "Whether the changes were written."},
    "counts": described(
        **{outcome: {"type": "integer", "minimum": 0} for outcome in RowOutcome.values}
    ),
    "results": {"type": "array", "items": {"$ref": "#/components/schemas/RoomResult"}},
}
_ANSWERS = {
    "RoomResult": _RESULT,
    "BulkResult": described(**_BULK),
    "BulkRefusal": {
        **described(tuple(_BULK), errors=FAULTS, **_BULK),
        # If the request itself is valid, the response has all fields.
        "dependentRequired": {"bulk_id": list(_BULK)},
    },
    "ChangedRoom": {
        "allOf": [
            {"$ref": "#/components/schemas/Room"},
            described(("dry_run",), dry_run={"$ref": "#/components/schemas/DryRun"}),
        ]
    },
    "DryRun": described(
        changes=_CHANGES,
        live={
            "description": "The effect on the session in progress, or null if there is none.",
            "oneOf": [
                described(
                    room_session_id=_UUID,
                    takes_effect={"type": "string", "enum": ["next_session"]},
                    applied_now=APPLIED_NOW,
                ),
                {"type": "null"},
            ],
        },
    )
    | {"description": "Only in the response to a dry run."},
}
