"""One row of the list for htmx, after a change that a user made in the list."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from rooms.changes.validation import Change
from rooms.jobs.access import MAY_CHANGE
from rooms.pages.list_query import stated, without_faults
from rooms.pages.room_list.rows import MAY_WATCH, ListRow, columns_of, rows_of
from rooms.pages.room_list.state import ListState
from rooms.pages.room_list.visible_projects import VisibleProjects
from rooms.pages.undo import report_saved
from rooms.templatetags.links import address_for


def list_address(request: HttpRequest) -> str:
    """Return the address of the list that sent this request of htmx; "" for another page."""
    here = request.htmx.current_url_abs_path or "" if request.htmx else ""
    return here if urlsplit(here).path == reverse("home") else ""


def changed_row(request: HttpRequest, change: Change) -> HttpResponse:
    """Render the row of a changed room, with the message and its Undo."""
    context = row_context(request, change.room.pk)
    row = context["row"]
    context["html_row"] = row.html(context["shows"], may_pick=context["may_pick"])
    note = _live_note(request, row)
    report_saved(request, change, back=list_address(request), note=note)
    return render(request, "rooms/list/_changed_row.html", context)


def row_context(request: HttpRequest, room_id: UUID) -> dict[str, Any]:
    """Return the context of the row that the list of this request has for a room."""
    seen = VisibleProjects.by(request.user)
    query = QueryDict(urlsplit(list_address(request)).query)
    state = ListState(without_faults(stated(query))[0], seen.names, reverse("home"))
    rooms = seen.rooms(request.user).filter(pk=room_id)
    project = ("project__name",) if "project" in state.shows else ()
    may_watch = request.user.has_perm(MAY_WATCH)
    rows = rows_of(columns_of(rooms, *project), timezone.now(), may_watch=may_watch)
    if not rows:
        raise Http404
    return {
        "row": rows[0],
        "shows": state.shows,
        "may_pick": request.user.has_perms(MAY_CHANGE),
    }


def _live_note(request: HttpRequest, row: ListRow) -> str:
    if not row.session:
        return ""
    words = gettext("The live session keeps its settings until you apply the change to it.")
    url = address_for(request.user, "apply-to-session", (row.session.pk,))
    link = format_html('<a href="{}">{}</a>', url, gettext("Apply to live session")) if url else ""
    return format_html("{} {}", words, link)
