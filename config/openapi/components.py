"""The parameters, schemas and responses that the operations of the OpenAPI document share."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from access.api.parsers import DEEPEST
from config.openapi.responses import ERROR_SCHEMAS, HEADERS, refusals
from rooms.api.bulk import LONGEST_KEY
from rooms.api.schema import bulk_schemas
from rooms.bulk.csv_files import MOST_ROWS
from rooms.bulk.requests import MOST_IDS
from sessions.api.schema import SESSION_SCHEMAS

_STRICT = "handling=strict: refuse unknown and read-only fields instead of ignoring them"
_DRY = "dry-run: return the response of a real request, but write nothing"


def _parameter(
    words: str, example: Any, name: str = "", place: str = "header", **schema: Any
) -> Any:
    return {
        "name": name,
        "in": place,
        "description": words,
        "schema": {"type": "string", **schema},
        "example": example,
    }


PARAMETERS = {
    "X-Request-Id": _parameter(
        "An id for this request in the server log and the history. The response repeats it.",
        "nightly-sync/42",
    ),
    "Prefer": _parameter(
        f"{_STRICT}; {_DRY}.",
        "handling=lenient",
    ),
    "PreferStrict": _parameter(f"{_STRICT}.", "handling=lenient", "Prefer"),
    "PreferOfChange": _parameter(
        f"{_STRICT}; merge: if If-Match is outdated, apply the change unless it overlaps "
        f"with later ones; {_DRY}.",
        "handling=lenient",
        "Prefer",
    ),
    "PreferDryRun": _parameter(f"{_DRY}.", "handling=lenient", "Prefer"),
    "If-Match": _parameter(
        "Change the room only if it has this version: an ETag, a list of ETags, or *.", "*"
    ),
    "If-None-Match": _parameter("Change the room only if it has none of these versions.", '"0"'),
    "If-Unmodified-Since": _parameter(
        "Change the room only if it has not changed after this time.",
        "Fri, 31 Dec 2999 23:59:59 GMT",
    ),
    "Idempotency-Key": _parameter(
        "Makes a retry safe: for one day, requests with the same key and body have one effect and "
        "the same response.",
        "close-of-term-2025",
        maxLength=LONGEST_KEY,
        pattern="^[ -~]*$",
    ),
    "dry_run": _parameter(
        "Return the response of a real request, errors included, but write nothing.",
        True,
        place="query",
        type="boolean",
        default=False,
    ),
}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the shared components and the introduction to the OpenAPI document."""
    limits = {
        "body_kilobytes": settings.API_BODY_BYTES // 1024,
        "deepest": DEEPEST,
        "ids": MOST_IDS,
        "rows": MOST_ROWS,
    }
    result["info"]["description"] = render_to_string("api/description.md", limits)
    components = result["components"]
    components["schemas"] |= ERROR_SCHEMAS | bulk_schemas(result)
    components["schemas"] |= SESSION_SCHEMAS
    components["headers"] = HEADERS
    components["responses"] = refusals()
    components["parameters"] = {
        name: {**parameter, "name": parameter["name"] or name}
        for name, parameter in PARAMETERS.items()
    }
    return result
