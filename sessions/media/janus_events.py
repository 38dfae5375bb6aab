"""What Janus' event handler tells us: who came and went, so that nobody waits for the next look.

An event is a hint and nothing more. The worker looks for itself, and finds out without events
too, only later; so one that is lost, repeated or forged does no harm.
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

# Those of the VideoRoom plugin after which somebody is inside or sends who did not, or the reverse.
MOVES = ("joined", "published", "leaving", "kicked", "destroyed")


@csrf_exempt
@require_POST
def janus_events(request: HttpRequest) -> HttpResponse:
    """Take one event or a list of them, as Janus' sampleevh sends them."""
    if settings.MEDIA_SERVER != "janus":
        raise Http404
    if not _is_janus(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="Greenroom"'})
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse("Send JSON.", status=400, content_type="text/plain")
    MediaRoom.objects.request_look(*_rooms(told if isinstance(told, list) else [told]))
    return HttpResponse(status=204)


def _is_janus(request: HttpRequest) -> bool:
    wanted = base64.b64encode(f"janus:{settings.JANUS_EVENTS_SECRET}".encode()).decode()
    return constant_time_compare(request.headers.get("Authorization", ""), f"Basic {wanted}")


def _rooms(told: list[Any]) -> Iterator[str]:
    for one in told:
        data = _inner(_inner(one, "event"), "data")
        room = data.get("room")
        if data.get("event") in MOVES and isinstance(room, str) and is_uuid(room):
            yield room


def _inner(thing: Any, key: str) -> dict[str, Any]:
    inside = thing.get(key) if isinstance(thing, dict) else None
    return inside if isinstance(inside, dict) else {}
