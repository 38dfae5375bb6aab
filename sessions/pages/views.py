"""The pages of sessions: the list, one session with its members, and ending one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers

from access.http.view_attributes import reads_replica
from access.pages.pagination import page_of
from access.staff.back_links import leads_back
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.changes.validation import as_json
from rooms.display.values import label, value_text
from rooms.models import Room
from rooms.pages.chips import Chip, chips_of
from rooms.pages.refused import refused_context
from sessions import lifecycle
from sessions.lifecycle.live_settings import SETTINGS
from sessions.models import RoomSession
from sessions.pages.charts import inside_over_time
from sessions.pages.filters import SESSION_FILTERS, SessionPageFilter
from sessions.pages.list_rows import COLUMNS, session_rows
from sessions.pages.recordings.rows import recording_rows
from sessions.pages.recordings.views import VIEW_RECORDING, visible_recordings
from sessions.pages.wording import end_text, visits_text

# Limits that keep the page fast: the stays in the plot, the listed events and the players.
MOST_STAYS, MOST_EVENTS, MOST_RECORDINGS = 5_000, 100, 20


@reads_replica
@staff_page("room_sessions.view_roomsession")
@leads_back(*SESSION_FILTERS, "page", title=_("Sessions"), back=_("Back to sessions"))
def session_list(request: HttpRequest) -> HttpResponse:
    """List the sessions that the user may see, newest first."""
    found = visible_sessions(request).only(*COLUMNS).with_inside().order_by("-id")
    asked = SessionPageFilter(request.GET, found)
    page, links = page_of(request, asked.qs)
    rows = session_rows(page.rows, timezone.now())
    context = {"here": "sessions", "filter": asked, "rows": rows, **links}
    context["chips"] = _chips(request, asked)
    return render(request, "sessions/list.html", context)


def _chips(request: HttpRequest, asked: SessionPageFilter) -> list[Chip]:
    asked.form.is_valid()
    room_id = asked.form.cleaned_data.get("room")
    room = Room.objects.filter(visible_to(request.user), pk=room_id).first() if room_id else None
    return chips_of(request, asked.form, room=str(room or ""))


@reads_replica
@staff_page("room_sessions.view_roomsession")
@vary_on_headers("HX-Request")
@conditional_page
def session_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Show one session: its members, its events, and its settings beside the room's."""
    session = get_session(request, session_id)
    context = {"here": "sessions", **_session(request, session)}
    if request.htmx:
        return render(request, "sessions/_live.html", context)
    if request.user.has_perm(VIEW_RECORDING):
        found = visible_recordings(request).kept().filter(session=session).order_by("-id")
        context["recordings"] = recording_rows(found[:MOST_RECORDINGS], context["now"])
    return render(request, "sessions/detail.html", context)


@staff_page("room_sessions.change_roomsession")
def end_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Ask for confirmation; POST ends the session for all members."""
    session = get_session(request, session_id)
    if request.method == "POST":
        lifecycle.end(visible_sessions(request), session.pk, reason="ended")
        messages.success(request, gettext("The session has ended."))
        return redirect("session-page", session_id=session.pk)
    text = end_text(session.count_inside())
    context = {"here": "sessions", "session": session, "end_text": text}
    return render(request, "sessions/end.html", context)


def visible_sessions(request: HttpRequest) -> QuerySet[RoomSession]:
    return RoomSession.objects.filter(visible_to(request.user))


def get_session(request: HttpRequest, session_id: UUID) -> RoomSession:
    return get_object_or_404(visible_sessions(request).select_related("project"), pk=session_id)


def _session(request: HttpRequest, session: RoomSession) -> dict[str, Any]:
    now = timezone.now()
    stays = list(session.members.order_by("pk").values_list("join_time", "leave_time")[:MOST_STAYS])
    _page, links = page_of(request, session.members.order_by("-id"))
    session.inside = sum(left is None for _, left in stays)
    plot = inside_over_time(stays, session.start_time, _end(session, now), session.max_members)
    return {
        "session": session,
        "now": now,
        "plot": plot,
        "visits_text": visits_text(plot, len(stays)),
        "settings": _beside_the_room(session),
        **_refused(session, now),
        "events": session.events.order_by("-id")[:MOST_EVENTS],
        **links,
    }


def _refused(session: RoomSession, now: datetime) -> dict[str, Any]:
    room = session.room_id and Room(pk=session.room_id)
    return refused_context(room, now, session.start_time, session.end_time) if room else {}


def _end(session: RoomSession, now: datetime) -> datetime:
    # The plot of a live session grows by whole minutes, so the page can be cached for a minute.
    return session.end_time or max(now.replace(second=0, microsecond=0), session.start_time)


def _beside_the_room(session: RoomSession) -> list[dict[str, Any]]:
    """Return each setting: the session's copy, the room's value, and whether they differ."""
    room = Room.objects.filter(pk=session.room_id).first() if session.room_id else None
    return [
        {
            "label": label(name),
            "session": _words(session, name),
            "room": _words(room, name) if room else None,
            "differs": room is not None and getattr(room, name) != getattr(session, name),
        }
        for name in SETTINGS
    ]


def _words(of: Any, name: str) -> str | None:
    return value_text(name, as_json(name, (getattr(of, name),))[0])
