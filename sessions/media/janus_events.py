"""Receive events of Janus' event handler, so that a room is compared at once.

An event is only a hint: a worker then reads the room from Janus. Without events it does so at its
next turn, so a lost, repeated or forged event does no harm.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from access.values.identifiers import is_uuid
from sessions.models import MediaRoom

# The events of the VideoRoom plugin that change the participants or publishers of a room.
CHANGES = ("joined", "published", "leaving", "kicked", "destroyed")


@csrf_exempt
@require_POST
def janus_events(request: HttpRequest) -> HttpResponse:
    """Accept an event or a list of events from Janus' sampleevh."""
    if settings.MEDIA_SERVER != "janus":
        raise Http404
    if not is_janus(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="Greenroom"'})
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse("Send JSON.", status=400, content_type="text/plain")
    MediaRoom.objects.request_sync(*_rooms(body if isinstance(body, list) else [body]))
    return HttpResponse(status=204)


def is_janus(request: HttpRequest) -> bool:
    """Return whether the request has the password of Janus' event handler."""
    expected = base64.b64encode(f"janus:{settings.JANUS_EVENTS_SECRET}".encode()).decode()
    return constant_time_compare(request.headers.get("Authorization", ""), f"Basic {expected}")


def _rooms(sent: list[Any]) -> Iterator[str]:
    for event in sent:
        data = _nested(_nested(event, "event"), "data")
        room = data.get("room")
        if data.get("event") in CHANGES and isinstance(room, str) and is_uuid(room):
            yield room


def _nested(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
