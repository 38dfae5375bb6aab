"""The operator's page: live sessions, scheduled events and warnings."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers

from access.http.view_attributes import reads_replica
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.display.refused import sums_of
from rooms.models import Room
from rooms.pages.room_list.rows import MAY_WATCH
from sessions.lifecycle.refused_attempts import hour_of
from sessions.models import RefusalCount, RoomSession
from sessions.pages import overview
from sessions.pages.live_rows import live_session_rows
from sessions.pages.strips import Strips
from sessions.worker import monitoring

LIVE_SHOWN = 200
LATE = timedelta(seconds=5)
REFUSED_SHOWN = timedelta(hours=1)


@reads_replica
@staff_page("rooms.view_room")
@vary_on_headers("HX-Request")
@conditional_page
def now(request: HttpRequest) -> HttpResponse:
    """Show live sessions and the next 24 hours; for htmx, only the live part of the page."""
    at = timezone.now()
    rooms = Room.objects.filter(visible_to(request.user)).listed()
    sessions = RoomSession.objects.filter(visible_to(request.user))
    running = list(overview.live(sessions)[: LIVE_SHOWN + 1])
    may_watch = request.user.has_perm(MAY_WATCH)
    strips = Strips(overview.coming(request.user, running, at), at)
    context = {
        "here": "now",
        "now": at,
        "live": live_session_rows(running[:LIVE_SHOWN], at, may_watch=may_watch),
        "is_wall": may_watch and request.GET.get("view") == "wall",
        "may_watch": may_watch,
        "more_live": len(running) > LIVE_SHOWN,
        "strips": strips,
        "odd": overview.room_warnings(rooms, running, at),
        "refused": _refused(request, at),
        "clockwork": _clockwork(at),
    }
    return render(request, "sessions/_now.html" if request.htmx else "sessions/now.html", context)


def _refused(request: HttpRequest, at: datetime) -> list[dict[str, Any]]:
    """Return the rooms with refused attempts in the last hour, and a sentence for each reason."""
    since = at - REFUSED_SHOWN
    counts = RefusalCount.objects.filter(visible_to(request.user, "room__project"))
    recent = counts.filter(hour__gte=hour_of(since), last_at__gte=since).select_related("room")
    columns = ("room__display_name", "reason", "number", "first_at", "last_at")
    found = list(recent.order_by("-hour", "-pk").only(*columns)[: overview.MOST])
    rooms = {count.room_id: count.room for count in found}
    return [
        {"room": rooms[one.room_id], "reason": one.reason, "text": one.text(at)}
        for one in sums_of(found)
    ]


def _clockwork(at: datetime) -> dict[str, Any]:
    """Return the state of the workers: running or not, overdue removals, lateness."""
    runs = monitoring.workers_at_work(at).exists()
    return {
        "runs": runs,
        "last": None if runs else monitoring.last_beat(),
        # A worker needs a few seconds for members whose time is up.
        "overdue": monitoring.overdue(at - LATE),
        "late": monitoring.lateness(),
    }
