"""The week: windows and sessions of rooms over a day, a week or a month."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.http.view_attributes import reads_replica
from access.staff.back_links import leads_back
from access.staff.decorators import staff_page
from rooms.pages.list_query import STATE
from sessions.pages.week.page import WeekPage
from sessions.pages.week.state import PERIOD


@reads_replica
@require_safe
@staff_page("rooms.view_room")
@leads_back(*STATE, *PERIOD, "page", title=_("Week"), back=_("Back to the week"))
def week(request: HttpRequest) -> HttpResponse:
    """Render the rooms with a window or a session in the period that the address names."""
    page = WeekPage(request.user, request.GET)
    blank = any(not request.GET.get(name, "-").strip() for name in (*STATE, *PERIOD))
    if blank and not request.htmx:
        # Without JavaScript, the form sends empty fields, too: a short address is easier to share.
        return HttpResponseRedirect(page.state.link())
    status = 422 if page.faults else 200
    return render(request, "sessions/week/page.html", page.context(), status=status)
