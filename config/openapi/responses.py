"""Error codes, statuses and response headers, for the OpenAPI document and the docs page."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from access.api.openapi import FAULTS, described
from config.openapi.variants import RUNNING, VARIANTS

# The error codes of a 422. The `url` of an error links to the code on the docs page.
CODES = {
    "missing_required_parameter": "The body lacks a required field.",
    "invalid_parameter": "The value has the right type, but the field does not allow it.",
    "invalid_join_until_date": "join_until must be after join_from.",
    "not_unique_within_project": "Another room of the project has this name already.",
    "not_a_boolean": "Send true or false, without quotation marks.",
    "not_a_datetime": "Send RFC 3339 with an offset, such as 2025-06-13T20:34:03Z, or a date.",
    "not_an_integer": "Send a whole number, without quotation marks.",
    "not_a_string": "Send text.",
    "not_a_hash": "Send a JSON object.",
    "page_token_required": "page_number is above 0: follow links.next, which carries the token.",
    "page_token_is_invalid": "Take page_token from links.next or links.prev of the same list.",
    "unknown_parameter": "The field or the query parameter does not exist, or the field is "
    "read-only. The query, and the body of a single room, may contain such names, unless the "
    "request has Prefer: handling=strict or the name looks like dry_run.",
    "not_found": "The project has no room with this id or name.",
    "stale": "The room has changed since the row was exported. Export it again.",
    "changed_since": "A later change changed this field again. Send override to revert it anyway.",
}

STATUSES = {
    400: "The body is missing or malformed (not UTF-8, not JSON, a duplicate key, NaN, nested too "
    "deep), or the headers about its length are wrong.",
    401: "The API token is missing, unknown, revoked or expired; the response is the same for all.",
    403: "The API token lacks the scope of the request, or the client's network is not allowed.",
    404: "The project has no resource with this id.",
    405: "The URL does not support this method. The header Allow lists those that it supports.",
    406: "Accept excludes application/json. Only the list of rooms has another format, text/csv.",
    408: "The body did not arrive in time.",
    409: "The current state does not allow it: the room has a session in progress, later changes "
    f"conflict with the revert, or {RUNNING}",
    412: "The resource does not have the version that the request names, or the condition cannot "
    "be read. ETag has the current version.",
    413: f"The body is larger than {settings.API_BODY_BYTES // 1024} kB. The limit of bulk changes "
    f"is {settings.API_IDS_BYTES // 1024} kB of JSON or "
    f"{settings.API_FILE_BYTES // 1024} kB of CSV.",
    414: f"The query is longer than {settings.API_QUERY_BYTES // 1024} kB.",
    415: "The Content-Type of the body is not supported, its charset is not UTF-8, or it names a "
    "form and the body is JSON.",
    422: "Some values are invalid. errors lists all of them. Nothing was changed.",
    428: "This project requires If-Match for every change of a room.",
    429: "This token has sent too many requests, or this address too many wrong tokens, or the "
    "project too many idempotency keys in a day, or the project or the server runs as many CSV "
    "files and bulk changes as it may. Try again after Retry-After seconds.",
    431: f"A header is larger than {settings.HEADER_BYTES // 1024} kB, or all of them together "
    f"are larger than {settings.ALL_HEADERS_BYTES // 1024} kB.",
    503: "The database did not answer, or is read-only at present, or the server has no memory "
    "left for the body. Try again after Retry-After seconds.",
}
ANYWHERE = (400, 401, 403, 405, 406, 408, 413, 414, 415, 422, 429, 503)


def _header(description: str, example: str, kind: str = "string") -> dict[str, Any]:
    return {
        "description": description,
        "required": True,
        "schema": {"type": kind, "examples": [int(example) if kind == "integer" else example]},
    }


HEADERS = {
    "X-Request-Id": _header(
        "The id of the request: the client's, if it sent a valid one.", "nightly-sync/42"
    ),
    "ETag": _header("The version of the resource, for If-Match.", '"3"'),
    "Location": {
        **_header("The path of the new resource.", "/api/video/rooms/0198…"),
        # A dry run creates no resource.
        "required": False,
    },
    "WWW-Authenticate": _header("How to authenticate.", 'Basic realm="Greenroom"'),
    "Allow": _header("The methods that this URL supports.", "GET, POST"),
    "Retry-After": _header("The seconds to wait before the next try.", "2", "integer"),
    "Retry-After.known": {
        **_header("The seconds to wait before the next try, if known.", "600", "integer"),
        "required": False,
    },
    "Cache-Control": _header(
        "no-store; or private, no-cache if the response has an ETag and no secret.", "no-store"
    ),
    "Preference-Applied": {
        **_header("The preferences of the request that were applied.", "handling=strict"),
        "required": False,
    },
}
SCHEMAS = {412: "Stale", 422: "ValidationErrors"}
ALSO_SENT = {
    401: ["WWW-Authenticate"],
    405: ["Allow"],
    412: ["ETag"],
    429: ["Retry-After"],
    503: ["Retry-After"],
}


def response_headers(*names: str) -> dict[str, Any]:
    """Return references to the headers of a response; every response has the first two."""
    sent = ("X-Request-Id", "Cache-Control", *names)
    # The part after the dot distinguishes two descriptions of one header.
    return {name.split(".")[0]: {"$ref": f"#/components/headers/{name}"} for name in sent}


_NOT_MODIFIED = {
    "description": "The resource still has one of the versions in If-None-Match.",
    "headers": response_headers("ETag"),
}


def name_of(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def refusals() -> dict[str, Any]:
    """Return every error response by its name."""
    usual = {
        name_of(status): (status, words, SCHEMAS.get(status, "Error"), ALSO_SENT.get(status, ()))
        for status, words in STATUSES.items()
    }
    refused = {name: _refusal(*said) for name, said in {**usual, **VARIANTS}.items()}
    return {"NotModified": _NOT_MODIFIED, **refused}


def _refusal(status: int, words: str, schema: str, sent: Iterable[str]) -> dict[str, Any]:
    media_type = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if status != 422:
        media_type["example"] = {"error": HTTPStatus(status).phrase}
    return {
        "description": words,
        "headers": response_headers(*sent),
        "content": {"application/json": media_type},
    }


_DETAIL = {"type": "string", "description": "A sentence that says what to do."}


_ERROR = {"type": "string", "description": "The name of the status.", "examples": ["Not Found"]}

ERROR_SCHEMAS = {
    "Error": described(("detail",), error=_ERROR, detail=_DETAIL),
    "Stale": described(
        ("detail", "conflict"),
        error=_ERROR,
        detail=_DETAIL,
        conflict={
            "type": "object",
            "additionalProperties": {"$ref": "#/components/schemas/Difference"},
            "description": "Each field that this request or another one changed since the version "
            "in If-Match; left out if that version is not known.",
        },
    ),
    "Difference": described(
        base={"description": "The value at the version in If-Match."},
        theirs={"description": "The current value."},
        yours={
            "description": "The value in this request; base if the request does not set the field."
        },
        overlaps={
            "type": "boolean",
            "description": "Both requests changed the field, to different values.",
        },
    ),
    "Unreverted": described(("detail", "errors"), error=_ERROR, detail=_DETAIL, errors=FAULTS),
    "ValidationErrors": described(errors=FAULTS),
    "ValidationError": described(
        ("detail",),
        type={"type": "string", "enum": ["validation_error"]},
        code={"$ref": "#/components/schemas/ValidationCode"},
        message={"type": "string", "examples": ["max_members must be …, not 301."]},
        attribute={"type": "string", "examples": ["max_members"]},
        url={
            "type": "string",
            "format": "uri",
            "description": "A link to the description of the code.",
        },
        detail=_DETAIL,
    ),
    "ValidationCode": {
        "type": "string",
        "enum": list(CODES),
        "description": "\n".join(f"* `{code}`: {words}" for code, words in CODES.items()),
    },
}
