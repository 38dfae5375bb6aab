"""POST with an Idempotency-Key: the response is stored with its effect, and sent again.

docs/adr/0025-conditions-and-keys.md has the cases.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.renderers import JsonRenderer
from access.http.errors import ApiError
from access.idempotent_calls import (
    AnswerDropped,
    IdempotentCall,
    InFlight,
    OtherBody,
    TooManyCalls,
    digest_of,
    lock_call,
    store_call,
)
from access.values.faults import fault

LONGEST_KEY = 200
# Parameters that do not change what the request does; dry runs have no key.
_WITHOUT_EFFECT = ("dry_run",)
_DROPPED = (
    "The first request with this Idempotency-Key was answered with {}. It is not made again, and "
    "its response is no longer kept."
)
_FULL = (
    "The project has sent {} requests with an Idempotency-Key in the last 24 hours, and may not "
    "send more."
)

Act = Callable[[], HttpResponseBase]


def key_of(request: Request) -> str | None:
    """Return the Idempotency-Key of a request, or None. Raises ValidationError."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        return key
    rule = f"must have 1 to {LONGEST_KEY} characters, all of them printable ASCII"
    error = fault("Idempotency-Key", "invalid_parameter", rule, key)
    raise ValidationError({"Idempotency-Key": error})


def request_digest(request: Request) -> str:
    """Return the digest of what a request does: method, address, query and body."""
    has_body = int(request.META.get("CONTENT_LENGTH") or 0) > 0
    match: Any = request.resolver_match
    query = {k: request.query_params.getlist(k) for k in request.query_params}
    return digest_of(
        {
            "method": request.method,
            "route": match.route,
            "ids": {name: str(value) for name, value in match.kwargs.items()},
            "query": {k: values for k, values in query.items() if k not in _WITHOUT_EFFECT},
            "body": request.data if has_body else None,
        }
    )


@contextmanager
def refusing_keys() -> Iterator[None]:
    """Turn the refusals of a key into API errors."""
    try:
        yield
    except InFlight:
        detail = "The first request with this Idempotency-Key is still running."
        raise ApiError(409, detail, {"Retry-After": "5"}) from None
    except AnswerDropped as dropped:
        raise ApiError(409, _DROPPED.format(dropped.status)) from None
    except TooManyCalls as full:
        detail = _FULL.format(settings.IDEMPOTENCY_CALLS)
        raise ApiError(429, detail, {"Retry-After": str(full.seconds)}) from None
    except OtherBody:
        error = ValidationError(
            "Idempotency-Key was used for another request in the last 24 hours.",
            code="invalid_parameter",
        )
        raise ValidationError({"Idempotency-Key": error}) from None


def call_once(project_id: Any, key: str, digest: str, act: Act) -> tuple[IdempotentCall, bool]:
    """Return the stored call with this key and False, or run `act` and store its response.

    The effect and the response are one transaction. A refusal stores nothing. Raises ApiError
    and ValidationError.
    """
    with refusing_keys(), transaction.atomic():
        call = lock_call(project_id, key, digest)
        if call and not call.is_expired:
            return call, False
        response = act()
        return store_call(project_id, key, digest, former=call, **_stored(response)), True


def stored_response(call: IdempotentCall, *, parsed: bool = False) -> HttpResponseBase:
    """Return the response of a call, exactly as it was stored or with its body as data."""
    headers = json.loads(call.headers)
    if parsed:
        return Response(json.loads(call.answer), call.status, headers=headers)
    return HttpResponse(call.answer, JsonRenderer.media_type, call.status, headers=headers)


def _stored(response: Any) -> dict[str, Any]:
    is_data = isinstance(response, Response)
    content = JsonRenderer().render(response.data) if is_data else response.content
    headers = {k: text for k, text in response.headers.items() if k != "Content-Type"}
    return {
        "status": response.status_code,
        "answer": bytes(content).decode(),
        "headers": json.dumps(headers),
    }
