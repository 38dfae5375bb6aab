"""The operator's page: what is live now, what comes, what looks wrong."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers

from access.http.view_attributes import reads_replica
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.display.times import day_in
from rooms.models import Room
from sessions.models import RoomSession
from sessions.pages import overview
from sessions.worker import monitoring

LIVE_SHOWN = 200
LATE = timedelta(seconds=5)


@reads_replica
@staff_page("rooms.view_room")
@vary_on_headers("HX-Request")
@conditional_page
def now(request: HttpRequest) -> HttpResponse:
    """Show the next 24 hours; asked by htmx, the part of the page that changes by itself."""
    at = timezone.now()
    rooms = Room.objects.filter(visible_to(request.user)).defer("description", "meta")
    sessions = RoomSession.objects.filter(visible_to(request.user))
    running = list(overview.live(sessions)[: LIVE_SHOWN + 1])
    context = {
        "here": "now",
        "now": at,
        "live": running[:LIVE_SHOWN],
        "more_live": len(running) > LIVE_SHOWN,
        "agenda": _agenda(overview.coming(rooms, running, at), at),
        "odd": overview.room_warnings(rooms, running, at),
        "clockwork": _clockwork(at),
    }
    return render(request, "sessions/_now.html" if request.htmx else "sessions/now.html", context)


def _agenda(coming: list[overview.ComingEvent], at: datetime) -> list[dict[str, Any]]:
    """Return what comes by the reader's days, and within a day by moment: what, to which rooms."""
    days = groupby(coming, key=lambda one: timezone.localdate(one.at))
    today = timezone.localdate(at)
    return [{"day": _day(day, today), "slots": _slots(list(those))} for day, those in days]


def _slots(coming: list[overview.ComingEvent]) -> list[dict[str, Any]]:
    alike = groupby(
        sorted(coming, key=lambda one: (one.at, one.what)), key=lambda one: (one.at, one.what)
    )
    return [{"at": at, "what": what, "rooms": list(those)} for (at, what), those in alike]


def _day(day: date, today: date) -> str:
    names = {0: gettext("Today"), 1: gettext("Tomorrow")}
    return names.get((day - today).days) or day_in(gettext_noop("D j M Y"), day)


def _clockwork(at: datetime) -> dict[str, Any]:
    """Return how the workers do: whether any is there, what is overdue, how late they were."""
    return {
        "runs": monitoring.workers_at_work(at).exists(),
        "last": monitoring.last_beat(),
        # What fell due a moment ago is being worked on.
        "overdue": monitoring.overdue(at - LATE),
        "late": monitoring.lateness(),
    }
