"""Changes of many rooms, files and reverts as the API's description tells them."""

from typing import Any

from access.api.openapi import FAULTS, described
from rooms.bulk.csv_files import COLUMNS, MOST_ROWS
from rooms.bulk.engine import Mode, RowOutcome
from rooms.bulk.recipes import FURTHEST_SHIFT
from rooms.bulk.requests import LONGEST, MOST_IDS, SELECTING
from rooms.changes.validation import SETTINGS
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
    "description": f"UTF-8, at most {MOST_ROWS} rows, commas or semicolons. The first line names "
    f"the columns: id or name, and any of {', '.join(COLUMNS[2:])}. Only these are set; an empty "
    "cell is null.",
}
CSV_OUT = {
    "type": "string",
    "contentMediaType": "text/csv",
    "description": f"All rooms, oldest first, with {', '.join(COLUMNS)}. An apostrophe stands "
    "before what a spreadsheet would run; sent back, it is taken away.",
}
MODE = {
    "type": "string",
    "enum": Mode.values,
    "default": Mode.ALL.value,
    "description": "all: all rooms or none. valid: those that may become so.",
}

_UUID = {"type": "string", "format": "uuid"}
_CHANGES = {"$ref": "#/components/schemas/Changes"}
_OVERRIDE = {
    "type": "boolean",
    "default": False,
    "description": "Put back also what later changes moved.",
}


APPLIED = {"$ref": "#/components/schemas/Applied"}


# What applying the settings of a change to the session in progress would do, in a dry run.
APPLIED_NOW = {
    "description": "What the same change would do to the session, if it were applied to it.",
    "anyOf": [
        APPLIED,
        described(
            refused={
                "type": "array",
                "items": {"type": "string"},
                "description": "Why the session cannot take the change over.",
            }
        ),
    ],
}


def bulk_schemas(result: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the rest of the description `result` lacks for many rooms."""
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
    words = "As the list takes them; {} is every room of the project."
    return {
        "anyOf": [_closed(ids=ids), _closed(filter={**by_filter, "description": words})],
        "description": "Which rooms.",
    }


def _sought(schema: dict[str, Any]) -> dict[str, Any]:
    if "pattern" not in schema:
        return schema
    # Blank, it would filter nothing, as in a query: here that is a slip.
    return {"type": "string", "maxLength": LONGEST, "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}


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
        "clear": {"type": "array", "items": {"enum": emptied}, "uniqueItems": True},
        "shift": {
            **_closed(SCHEDULE, **dict.fromkeys(SCHEDULE, seconds)),
            "description": "Seconds, earlier where negative; what a room does not have stays so.",
        },
    }
    words = "What to do to each; no field in two of them."
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
    version={"type": ["integer", "null"], "description": "The one it has then."},
    line={"type": "integer", "minimum": 1, "description": "Where in the file."},
    changes=_CHANGES,
    live={"const": True, "description": "A session is in progress, and keeps its settings."},
    errors=FAULTS,
)
_BULK = {
    "bulk_id": {**_UUID, "description": "Ties the history together, and names it for the revert."},
    "mode": {"type": "string", "enum": Mode.values},
    "dry_run": {"type": "boolean"},
    "applied": {"type": "boolean", "description": "Whether what was valid is written."},
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
        # Of a call that could be read, everything is told.
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
            "description": "What it would mean for the session in progress, if there is one.",
            "oneOf": [
                described(
                    room_session_id=_UUID,
                    takes_effect={"const": "next_session"},
                    applied_now=APPLIED_NOW,
                ),
                {"type": "null"},
            ],
        },
    )
    | {"description": "In the answer to a dry run only."},
    "Changes": {
        "type": "object",
        "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
        "description": "Each field that moved: its value before and after.",
    },
}
