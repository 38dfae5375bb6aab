"""What an answer can be, in words: the API's description and its page are made of these."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings

from access.api.openapi import FAULTS, described

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
    "unknown_parameter": "There is nothing of this name here. Bodies of single rooms may hold such "
    "names, unless Prefer: handling=strict is sent.",
    "not_found": "No room of this project has this id or name.",
    "stale": "The row was exported at another version than the room is at: export it again.",
    "changed_since": "A later change moved this field too; override puts it back all the same.",
}

STATUSES = {
    400: "The body is missing or malformed (not UTF-8, not JSON, a key twice, NaN, nested too "
    "deep), or the request is framed wrongly.",
    401: "No token was sent, or none that works: one answer for missing, unknown, revoked and "
    "expired ones.",
    403: "The token lacks the scope video, or comes from a network that it may not come from.",
    404: "There is nothing by this id in your project.",
    405: "This address does not know the method; Allow names those that it knows.",
    406: "Accept rules out application/json, and there is nothing else, but for text/csv of a list "
    "of rooms.",
    408: "The body did not arrive in time.",
    409: "Not as things stand: a room with a session in progress is not deleted, a change that "
    "later ones overtook is not reverted, and a call with an Idempotency-Key is not sent again "
    "before it has answered.",
    412: "The room is not at the version that the request names; ETag tells the one it is at.",
    413: f"The body is larger than {settings.API_BODY_BYTES // 1024} kB; of a change of many "
    f"rooms, than {settings.API_IDS_BYTES // 1024} kB of JSON or "
    f"{settings.API_FILE_BYTES // 1024} kB of CSV.",
    414: f"The query is longer than {settings.API_QUERY_BYTES // 1024} kB.",
    415: "The body is of a kind that is not read here, or its charset is not UTF-8.",
    422: "Faults in the values: every one of them, at once. Nothing was changed.",
    428: "This project changes rooms only for callers that send If-Match.",
    429: "Too many requests with this token. Try again after Retry-After seconds.",
    503: "The database did not answer. Try again after Retry-After seconds.",
}
# What a status is at some addresses: its status, its words, its schema, and what is sent along.
VARIANTS = {
    "NotAdmitted": (
        403,
        "Not let in: why, and when to ask again where that is known; Retry-After has it in "
        "seconds. Or the API token lacks the scope, or comes from a network that it may not.",
        "NotAdmitted",
        ("Retry-After.known",),
    ),
    "StayTaken": (
        409,
        "The member_id names another stay: one that is over, or of another room token.",
        "Error",
        (),
    ),
    "WebhooksFull": (409, "The project has as many webhooks as it may have.", "Error", ()),
    "WebhookOff": (409, "The webhook is disabled.", "Error", ()),
    "SessionOver": (409, "The session is over.", "Error", ()),
    "NotReverted": (
        409,
        "Later changes moved the same fields, each told in errors; or the change was no change of "
        "a room, but its beginning or its end.",
        "Unreverted",
        (),
    ),
    "InFlight": (
        409,
        "The first call with this Idempotency-Key has not answered yet.",
        "Error",
        ("Retry-After",),
    ),
    "NoneChanged": (
        422,
        "Faults in the call itself; or, in the mode all, rooms that are refused, each told in "
        "results. Nothing was changed.",
        "BulkRefusal",
        (),
    ),
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
    "Location": {
        **_header("Where the new room is.", "http://127.0.0.1:8000/api/video/rooms/0198…"),
        # A dry run makes none.
        "required": False,
    },
    "WWW-Authenticate": _header("How to authenticate.", 'Basic realm="Greenroom"'),
    "Allow": _header("The methods of this address.", "GET, POST"),
    "Retry-After": _header("Seconds to wait.", "2", "integer"),
    "Retry-After.known": {
        **_header("Seconds to wait, where that is known.", "600", "integer"),
        "required": False,
    },
    "Preference-Applied": {
        **_header("Those of Prefer that were heeded.", "handling=strict"),
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


def headers(*names: str) -> dict[str, Any]:
    """Return the headers of an answer, by reference; X-Request-Id is on every one."""
    sent = ("X-Request-Id", *names)
    # What follows a dot tells two descriptions of one header apart.
    return {name.split(".")[0]: {"$ref": f"#/components/headers/{name}"} for name in sent}


def name_of(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def refusals() -> dict[str, Any]:
    """Return the description of every answer that is a refusal, by its name."""
    usual = {
        name_of(status): (status, words, SCHEMAS.get(status, "Error"), ALSO_SENT.get(status, ()))
        for status, words in STATUSES.items()
    }
    return {name: _refusal(*said) for name, said in {**usual, **VARIANTS}.items()}


def _refusal(status: int, words: str, schema: str, sent: Iterable[str]) -> dict[str, Any]:
    media_type = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if status != 422:
        media_type["example"] = {"error": HTTPStatus(status).phrase}
    return {
        "description": words,
        "headers": headers(*sent),
        "content": {"application/json": media_type},
    }


_DETAIL = {"type": "string", "description": "One sentence that says what to do."}


_ERROR = {"type": "string", "description": "The status in words.", "examples": ["Not Found"]}

ERROR_SCHEMAS = {
    "Error": described(("detail",), error=_ERROR, detail=_DETAIL),
    "Stale": described(
        ("detail", "conflict"),
        error=_ERROR,
        detail=_DETAIL,
        conflict={
            "type": "object",
            "additionalProperties": {"$ref": "#/components/schemas/Difference"},
            "description": "Each field that you or somebody else moved since the version that "
            "If-Match names; left out where that version is not known.",
        },
    ),
    "Difference": described(
        base={"description": "What it was at the version that you read."},
        theirs={"description": "What it is now."},
        yours={"description": "What you asked for; base, where you did not."},
        overlaps={"type": "boolean", "description": "Both moved it, and not to the same value."},
    ),
    "Unreverted": described(("detail", "errors"), error=_ERROR, detail=_DETAIL, errors=FAULTS),
    "ValidationErrors": described(errors=FAULTS),
    "ValidationError": described(
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
