"""What the pages of one room are drawn with: what its settings mean, and what stands at them."""

import re
from datetime import datetime
from typing import Any

from django.db.models import Q

from rooms.display.summary import exactly, meaning, remarks
from rooms.display.timeline import Span, Timeline
from rooms.models import Room
from rooms.pages.room.forms import contradicts
from rooms.pages.room.moment_field import FieldHint

SESSIONS_SHOWN = 12


def meaning_of(room: Room, stored: Room | None, now: datetime) -> dict[str, Any]:
    """Return what tells of `room` as it is or would be; its sessions are those of `stored`."""
    contradictory = contradicts(room)
    shown = stored if contradictory and stored else room
    span = Span.around(shown, now, *_live_since(stored))
    sessions = _sessions(stored, span) if stored else []
    return {
        "sentence": None if contradictory else meaning(room, now),
        "remarks": [] if contradictory else remarks(room, now),
        "timeline": None
        if contradictory and not stored
        else Timeline.of(shown, sessions, now, span),
        "sessions": sessions,
    }


def told_of(form: Any, now: datetime) -> dict[str, FieldHint]:
    """Return what stands beside each input that is told in other words too."""
    moments = ("join_from", "join_until", "remove_at")
    found = {name: form.told(name, now) for name in moments}
    seconds = str(form["remove_after_seconds_elapsed"].value())
    if re.fullmatch(r"[0-9]{1,10}", seconds):
        found["remove_after_seconds_elapsed"] = FieldHint(words=exactly(int(seconds)))
    return found


def _live_since(room: Room | None) -> list[datetime]:
    session = room.active_session if room else None
    return [session.start_time] if session else []


def _sessions(room: Room, span: Span) -> list[Any]:
    running_then = Q(end_time=None) | Q(end_time__gte=span.start)
    found = room.sessions.filter(running_then, start_time__lte=span.end)
    return list(found.order_by("-id")[:SESSIONS_SHOWN])
