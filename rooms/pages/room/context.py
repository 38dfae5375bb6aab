"""Template context of the pages of one room: its summary, its timeline and hints for fields."""

import re
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Q, QuerySet

from access.database.prepared_queries import PreparedModelsQuery
from access.database.routing import read_alias
from rooms.display.summary import remarks, summarize
from rooms.display.timeline import Span, Timeline
from rooms.display.times import exact_span
from rooms.models import Room
from rooms.pages.room.forms import contradicts
from rooms.pages.room.moment_field import FieldHint
from rooms.rules.join_policy import SCHEDULE

SESSIONS_SHOWN = 12


def summary_context(room: Room, stored: Room | None, now: datetime) -> dict[str, Any]:
    """Return the summary of `room`, saved or not, with the sessions of `stored`."""
    contradictory = contradicts(room)
    shown = stored if contradictory and stored else room
    span = Span.around(shown, now, *_live_since(stored))
    sessions = _sessions(stored, span) if stored else []
    return {
        "sentence": None if contradictory else summarize(room, now),
        "remarks": [] if contradictory else remarks(room, now),
        "timeline": None
        if contradictory and not stored
        else Timeline.of(shown, sessions, now, span),
        "sessions": sessions,
    }


def field_hints(form: Any, now: datetime) -> dict[str, FieldHint]:
    """Return the hints beside the inputs, by the names of their fields."""
    found = {name: form.hint_for(name, now) for name in SCHEDULE}
    seconds = str(form["remove_after_seconds_elapsed"].value())
    if re.fullmatch(r"[0-9]{1,10}", seconds):
        found["remove_after_seconds_elapsed"] = FieldHint(words=exact_span(int(seconds)))
    return found


def _live_since(room: Room | None) -> list[datetime]:
    session = room.active_session if room else None
    return [session.start_time] if session else []


def _sessions(room: Room, span: Span) -> list[Any]:
    return _sessions_between().all(room.pk, span.start, span.end, using=read_alias())


@cache
def _sessions_between() -> PreparedModelsQuery[Any]:
    def build(room_id: UUID, start: datetime, end: datetime) -> QuerySet[Any]:
        running_then = Q(end_time=None) | Q(end_time__gte=start)
        found = Room.sessions.rel.related_model.objects.filter(room=room_id)
        found = found.filter(running_then, start_time__lte=end)
        return found.order_by("-id")[:SESSIONS_SHOWN]

    return PreparedModelsQuery(build, Room._meta.pk, DateTimeField(), DateTimeField())
