"""What all operations of the description refer to, so that each is said once."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from access.api.parsers import DEEPEST
from access.api.webhook_schema import WEBHOOK_SCHEMAS
from config.openapi.responses import ERROR_SCHEMAS, HEADERS, refusals
from rooms.api.bulk import LONGEST_KEY
from rooms.api.schema import bulk_schemas
from rooms.bulk.csv_files import MOST_ROWS
from rooms.bulk.requests import MOST_IDS
from sessions.api.schema import SESSION_SCHEMAS

_STRICT = "handling=strict refuses fields that cannot be set, which are ignored otherwise"
_DRY = "dry-run answers what would be, and writes nothing."


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
        "Names this request in our log and history, and comes back in the answer.",
        "nightly-sync/42",
    ),
    "Prefer": _parameter(
        f"{_STRICT}; {_DRY}",
        "handling=lenient",
    ),
    "PreferStrict": _parameter(f"{_STRICT}.", "handling=lenient", "Prefer"),
    "PreferOfChange": _parameter(
        f"{_STRICT}; merge, with If-Match, lets an edit pass that overlaps with none made since; "
        + _DRY,
        "handling=lenient",
        "Prefer",
    ),
    "PreferDryRun": _parameter(_DRY, "handling=lenient", "Prefer"),
    "If-Match": _parameter(
        "Change the room only while it is at this version: an ETag, a list of them, or *.", "*"
    ),
    "If-None-Match": _parameter(
        "Change the room only while it is not at one of these versions.", '"0"'
    ),
    "If-Unmodified-Since": _parameter(
        "Change the room only if it was not changed after this moment.",
        "Fri, 31 Dec 2999 23:59:59 GMT",
    ),
    "Idempotency-Key": _parameter(
        "Makes it safe to send the call again: for a day the same key and body have the same "
        "answer, and one effect.",
        "close-of-term-2025",
        maxLength=LONGEST_KEY,
        pattern="^[ -~]*$",
    ),
    "dry_run": _parameter(
        "Answer what would be, errors included, and write nothing.",
        True,
        place="query",
        type="boolean",
        default=False,
    ),
}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what all operations refer to: the refusals, the headers, and the words in front."""
    limits = {
        "body_kilobytes": settings.API_BODY_BYTES // 1024,
        "deepest": DEEPEST,
        "ids": MOST_IDS,
        "rows": MOST_ROWS,
    }
    result["info"]["description"] = render_to_string("api/description.md", limits)
    components = result["components"]
    components["schemas"] |= ERROR_SCHEMAS | bulk_schemas(result)
    components["schemas"] |= SESSION_SCHEMAS | WEBHOOK_SCHEMAS
    components["headers"] = HEADERS
    components["responses"] = refusals()
    components["parameters"] = {
        name: {**parameter, "name": parameter["name"] or name}
        for name, parameter in PARAMETERS.items()
    }
    return result
