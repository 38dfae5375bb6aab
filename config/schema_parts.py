"""What all operations of the description refer to, so that each is said once."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from config.answers import ERROR_SCHEMAS, HEADERS, STATUSES, refusal
from config.parsers import DEEPEST

SENT_HEADERS = {
    "X-Request-Id": "Names this request in our log and history, and comes back in the answer.",
    "Prefer": "handling=strict refuses fields that cannot be set, which are ignored otherwise.",
    "If-Match": "Change the room only while it is at this version: an ETag, a list of them, or *.",
    "If-None-Match": "Change the room only while it is not at one of these versions.",
    "If-Unmodified-Since": "Change the room only if it was not changed after this moment.",
}
EXAMPLES = {
    "X-Request-Id": "nightly-sync/42",
    "Prefer": "handling=lenient",
    "If-Match": "*",
    "If-None-Match": '"0"',
    "If-Unmodified-Since": "Fri, 31 Dec 2999 23:59:59 GMT",
}


def name_of(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name_of(status)}"}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what all operations refer to: the refusals, the headers, and the words in front."""
    limits = {"body_kilobytes": settings.API_BODY_BYTES // 1024, "deepest": DEEPEST}
    result["info"]["description"] = render_to_string("api/description.md", limits)
    components = result["components"]
    components["schemas"] |= ERROR_SCHEMAS
    components["headers"] = HEADERS
    components["responses"] = {name_of(status): refusal(status) for status in STATUSES}
    components["parameters"] = {
        name: {
            "name": name,
            "in": "header",
            "description": words,
            "schema": {"type": "string"},
            "example": EXAMPLES[name],
        }
        for name, words in SENT_HEADERS.items()
    }
    return result
