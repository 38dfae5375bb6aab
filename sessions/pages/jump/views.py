"""The page of the command palette: rooms, people in live sessions, pages and actions."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from access.http.view_attributes import reads_replica
from access.staff.decorators import staff_page
from rooms.models.searchable import LONGEST_SEARCH
from sessions.pages.jump.finds import RoomFinds, people_found
from sessions.pages.jump.places import ACTIONS, PAGES, JumpTarget, places, places_here


@dataclass(frozen=True)
class TargetGroup:
    name: str
    title: str
    targets: list[JumpTarget]


@reads_replica
@require_safe
@staff_page()
@vary_on_headers("HX-Request")
def jump(request: HttpRequest) -> HttpResponse:
    """Find what the user can jump to; the palette requests only the list of results.

    `q` is the search, and `at` the path of the page whose room or session has actions.
    """
    search, path = request.GET.get("q", "").strip(), request.GET.get("at", "")
    too_long = len(search) > LONGEST_SEARCH
    groups = [] if too_long else _groups(request.user, search, path)
    found = sum(len(group.targets) for group in groups)
    context = {
        "here": "jump",
        "search": search,
        "at": path,
        "groups": groups,
        "count_text": _count_text(found, too_long),
        "found": found,
        "longest": LONGEST_SEARCH,
    }
    template = "sessions/jump/_results.html" if request.htmx else "sessions/jump/page.html"
    return render(request, template, context, status=422 if too_long else 200)


def _groups(user: Any, search: str, path: str) -> list[TargetGroup]:
    groups = [
        *(_named_groups(user, search) if search else []),
        TargetGroup("here", gettext("This page"), places_here(user, search, path)),
        TargetGroup("pages", gettext("Pages"), places(user, search, PAGES)),
        TargetGroup("actions", gettext("Actions"), places(user, search, ACTIONS)),
    ]
    return [group for group in groups if group.targets]


def _named_groups(user: Any, search: str) -> list[TargetGroup]:
    """Return the groups that the database finds by name, if the user may see such rows."""
    groups = []
    if user.has_perm("rooms.view_room"):
        rooms = RoomFinds(user, search)
        groups.append(TargetGroup("rooms", gettext("Rooms"), rooms.targets))
        groups.append(TargetGroup("nearest", gettext("Rooms: did you mean"), rooms.nearest))
    if user.has_perm("room_sessions.view_roomsession"):
        people = people_found(user, search)
        groups.append(TargetGroup("people", gettext("People in live sessions"), people))
    return groups


def _count_text(found: int, too_long: bool) -> str:
    if too_long:
        return gettext("Enter at most %(most)s characters.") % {"most": LONGEST_SEARCH}
    if not found:
        return gettext("Nothing found. Try fewer words.")
    return ngettext("%(count)s result", "%(count)s results", found) % {"count": found}
