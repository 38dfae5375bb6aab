"""The list of rooms, and its live parts."""

import hashlib
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.http.view_attributes import reads_replica
from access.staff.back_links import leads_back
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.models import Room
from rooms.pages.list_query import STATE, stated, without_faults
from rooms.pages.room_list.columns import chosen
from rooms.pages.room_list.page import PAGE_SIZE, ListPage
from rooms.pages.room_list.rows import MAY_WATCH, columns_of, rows_of
from rooms.pages.room_list.state import ListState


@reads_replica
@require_safe
@staff_page("rooms.view_room")
@leads_back(*STATE, "page", title=_("Rooms"), back=_("Back to rooms"))
def home(request: HttpRequest) -> HttpResponse:
    """Render the list that the address describes."""
    if "default" in request.GET:
        # The form has a field for each column; the address has one parameter.
        return HttpResponseRedirect(state_of(request.GET).link(columns=chosen(request.GET)))
    blank = any(not request.GET[name].strip() for name in STATE if name in request.GET)
    if blank and not request.htmx:
        # Without JavaScript, the form sends empty fields, too: a short address is easier to share.
        return HttpResponseRedirect(state_of(request.GET).link())
    return render_list(request, request.GET)


def render_list(request: HttpRequest, query: QueryDict, **more: object) -> HttpResponse:
    """Render the list of `query`, with status 422 if it or the form has an error."""
    page = ListPage(request.user, query)
    status = 422 if page.faults or more else 200
    return render(request, "rooms/list/page.html", {**page.context(), **more}, status=status)


@reads_replica
@require_safe
@staff_page("rooms.view_room")
def live_rows(request: HttpRequest) -> HttpResponseBase:
    """Render the live parts of the rows of the rooms `ids`, or answer 304 without a change."""
    now = timezone.now()
    rooms = Room.objects.filter(visible_to(request.user), pk__in=_ids(request))
    rows = rows_of(columns_of(rooms), now, may_watch=request.user.has_perm(MAY_WATCH))
    shows = state_of(request.GET).shows
    response = HttpResponse("".join(row.live_html(shows) for row in rows))
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)


def _ids(request: HttpRequest) -> list[UUID]:
    ids = [one for one in request.GET.get("ids", "").split(",") if one]
    if len(ids) > PAGE_SIZE or not all(is_uuid(one) for one in ids):
        raise BadRequest(f"ids must be those of at most {PAGE_SIZE} rooms.")
    return [UUID(one) for one in ids]


def state_of(query: QueryDict) -> ListState:
    return ListState(without_faults(stated(query))[0], {}, reverse("home"))
