"""The parameters, schemas and responses that the operations of the OpenAPI document share."""

import json
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from access.api.idempotency import LONGEST_KEY
from access.api.parsers import DEEPEST
from access.api.prefer import SYNTAX
from config.openapi.responses import ERROR_SCHEMAS, HEADERS, refusals
from rooms.api.schema import bulk_schemas
from rooms.bulk.csv_files import MOST_ROWS
from rooms.bulk.requests import MOST_IDS
from sessions.api.schema import SESSION_SCHEMAS

_STRICT = (
    "handling=strict: refuse unknown and read-only fields, and unknown query parameters, instead "
    "of ignoring them"
)
_DRY = "dry-run: return the response of a real request, but write nothing"


def _parameter(words: str, name: str = "", place: str = "header", **schema: Any) -> Any:
    # An example or a default would fill the form of the docs page, and change what a call does.
    return {
        "name": name,
        "in": place,
        "description": words,
        "schema": {"type": "string", **schema},
    }


PARAMETERS = {
    "X-Request-Id": _parameter(
        "An id for this request in the server log and the history, such as nightly-sync/42. The "
        "response repeats it.",
    ),
    "Prefer": _parameter(f"{_STRICT}; {_DRY}.", pattern=SYNTAX),
    "PreferStrict": _parameter(f"{_STRICT}.", "Prefer", pattern=SYNTAX),
    "PreferOfChange": _parameter(
        f"{_STRICT}; merge: if If-Match is outdated, apply the change unless it overlaps "
        f"with later ones; {_DRY}.",
        "Prefer",
        pattern=SYNTAX,
    ),
    "If-Match": _parameter(
        "Change the resource only if it has this version: an ETag, a list of ETags, or *."
    ),
    "If-None-Match": _parameter("Change the resource only if it has none of these versions."),
    "IfNoneMatchOfRead": _parameter(
        "Return 304 without a body if the resource still has one of these versions.",
        "If-None-Match",
    ),
    "If-Unmodified-Since": _parameter(
        "Change the resource only if it has not changed after this time, such as "
        "Fri, 31 Dec 2027 23:59:59 GMT. Webhooks have no such time: the response is then 412.",
    ),
    "Idempotency-Key": _parameter(
        "Makes a retry safe: for one day, requests with the same key and body have one effect and "
        "the same response. Send a text of your own, such as close-of-term-2027. If the response "
        "is no longer kept, the request is a 409 and has no second effect.",
        maxLength=LONGEST_KEY,
        minLength=1,
        pattern="^[ -~]*$",
    ),
    "dry_run": _parameter(
        "Return the response of a real request, errors included, but write nothing.",
        place="query",
        type="boolean",
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
    result["servers"] = [{"url": "/", "description": "This server."}]
    result["info"]["description"] = render_to_string("api/description.md", limits)
    components = result["components"]
    components["schemas"] |= ERROR_SCHEMAS | bulk_schemas(result)
    components["schemas"] |= SESSION_SCHEMAS
    for schema in components["schemas"].values():
        _describe_defaults(schema)
    components["headers"] = HEADERS
    components["responses"] = refusals()
    components["parameters"] = {
        name: {**parameter, "name": parameter["name"] or name}
        for name, parameter in PARAMETERS.items()
    }
    return result


def _describe_defaults(schema: dict[str, Any]) -> None:
    """Move the defaults of a body into the descriptions.

    Generators for TypeScript make a field with a default required, and those for Python refuse an
    object as a default.
    """
    for name, field in schema.get("properties", {}).items():
        if "default" in field:
            words = f"Default: {json.dumps(field['default'])}."
            kept = {key: value for key, value in field.items() if key != "default"}
            described = f"{field.get('description', '')} {words}".strip()
            schema["properties"][name] = {**kept, "description": described}
