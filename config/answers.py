"""What an answer can be, in words: the API's description and its page are made of these."""

from http import HTTPStatus
from typing import Any

from django.conf import settings

# The codes of the faults in a 422; each one's `url` leads to its line on the page.
CODES = {
    "missing_required_parameter": "The body lacks a field that this call cannot do without.",
    "invalid_parameter": "The value is of the right type, and outside of what the field takes.",
    "invalid_join_until_date": "join_until would not be after join_from.",
    "not_unique_within_project": "Another room of the project has this name.",
    "not_a_boolean": "Send true or false, without quotation marks.",
    "not_a_datetime": "Send RFC 3339 with an offset, such as 2025-06-13T20:34:03Z, or a date.",
    "not_an_integer": "Send a whole number, without quotation marks.",
    "not_a_string": "Send text.",
    "not_a_hash": "Send a JSON object.",
    "page_token_required": "page_number is above 0: follow links.next, which carries the token.",
    "page_token_is_invalid": "Take page_token from links.next or links.prev of the same list.",
    "unknown_parameter": "Prefer: handling=strict was sent, and no such field can be set.",
}

STATUSES = {
    400: "The body is missing or malformed (not UTF-8, not JSON, a key twice, NaN, nested too "
    "deep), or the request is framed wrongly.",
    401: "No token was sent, or none that works: one answer for missing, unknown, revoked and "
    "expired ones.",
    403: "The token lacks the scope video, or comes from a network that it may not come from.",
    404: "There is nothing by this id in your project.",
    405: "This address does not know the method; Allow names those that it knows.",
    406: "Accept rules out application/json, and there is nothing else.",
    408: "The body did not arrive in time.",
    409: "A session is in progress, and the room cannot be deleted under it.",
    412: "The room is not at the version that the request names; ETag tells the one it is at.",
    413: f"The body is larger than {settings.API_BODY_BYTES // 1024} kB.",
    414: f"The query is longer than {settings.API_QUERY_BYTES // 1024} kB.",
    415: "The body is neither JSON nor form-encoded, or its charset is not UTF-8.",
    422: "Faults in the values: every one of them, at once. Nothing was changed.",
    428: "This project changes rooms only for callers that send If-Match.",
    429: "Too many requests with this token. Try again after Retry-After seconds.",
    503: "The database did not answer. Try again after Retry-After seconds.",
}
ANYWHERE = (400, 401, 403, 405, 406, 408, 413, 414, 415, 429, 503)


def _header(description: str, example: str, kind: str = "string") -> dict[str, Any]:
    return {
        "description": description,
        "required": True,
        "schema": {"type": kind, "examples": [int(example) if kind == "integer" else example]},
    }


HEADERS = {
    "X-Request-Id": _header("The caller's, where it sent a sane one.", "nightly-sync/42"),
    "ETag": _header("The room's version, for If-Match.", '"3"'),
    "Location": _header("Where the new room is.", "http://127.0.0.1:8000/api/video/rooms/0198…"),
    "WWW-Authenticate": _header("How to authenticate.", 'Basic realm="Greenroom"'),
    "Allow": _header("The methods of this address.", "GET, POST"),
    "Retry-After": _header("Seconds to wait.", "2", "integer"),
    "Preference-Applied": {
        **_header("handling=strict, when the request preferred it.", "handling=strict"),
        "required": False,
    },
}
ALSO_SENT = {
    401: ["WWW-Authenticate"],
    405: ["Allow"],
    412: ["ETag"],
    429: ["Retry-After"],
    503: ["Retry-After"],
}


def headers(*names: str) -> dict[str, Any]:
    """Return the headers of an answer, by reference; X-Request-Id is on every one."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def refusal(status: int) -> dict[str, Any]:
    """Return the description of the answer `status`, one of STATUSES."""
    schema = "ValidationErrors" if status == 422 else "Error"
    media_type = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if status != 422:
        media_type["example"] = {"error": HTTPStatus(status).phrase}
    return {
        "description": STATUSES[status],
        "headers": headers(*ALSO_SENT.get(status, [])),
        "content": {"application/json": media_type},
    }


_DETAIL = {"type": "string", "description": "One sentence that says what to do."}


def _object(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


ERROR_SCHEMAS = {
    "Error": _object(
        ("detail",),
        error={"type": "string", "description": "The status in words.", "examples": ["Not Found"]},
        detail=_DETAIL,
    ),
    "ValidationErrors": _object(
        errors={
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/components/schemas/ValidationError"},
        },
    ),
    "ValidationError": _object(
        ("detail",),
        type={"const": "validation_error"},
        code={"$ref": "#/components/schemas/ValidationCode"},
        message={"type": "string", "examples": ["max_members must be …, not 301."]},
        attribute={"type": "string", "examples": ["max_members"]},
        url={"type": "string", "format": "uri", "description": "What the code means."},
        detail=_DETAIL,
    ),
    "ValidationCode": {
        "type": "string",
        "enum": list(CODES),
        "description": "\n".join(f"* `{code}`: {words}" for code, words in CODES.items()),
    },
}
