"""Rooms, and people in live sessions, that a user can jump to by name.

Each search reads a bounded number of rows with a fixed number of statements.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from access.staff.limits import visible_to
from access.values.identifiers import is_uuid
from rooms.models import RoomQuerySet
from rooms.models.searchable import Matches, SearchedText
from rooms.pages.room_list.nearest import nearest_rooms
from rooms.pages.room_list.visible_projects import VisibleProjects
from rooms.rules.searching import fold, is_found
from sessions.media.people import OTHER_NAMES
from sessions.models import Member
from sessions.pages.jump.places import JumpTarget

SHOWN = 8
# The rooms of which the best are shown, and the people whose names Python compares.
ROOMS_READ, PEOPLE_READ = 50, 1000


class RoomFinds:
    """The rooms that a search finds; `nearest` are those to offer if it finds none."""

    def __init__(self, user: Any, search: str) -> None:
        self.search, self.seen = search, VisibleProjects.by(user)
        self.rooms: RoomQuerySet = self.seen.rooms(user)
        found = (
            self.rooms.filter(pk=search) if is_uuid(search) else self.rooms.listed().found(search)
        )
        columns = found.order_by("-pk").values_list("pk", "display_name", "name", "project_id")
        self.rows = list(columns[: ROOMS_READ + 1])

    @property
    def targets(self) -> list[JumpTarget]:
        """The rooms that have the search as it was entered come first; then the newest."""
        rows = best_first(self.search, self.rows, of=lambda row: f"{row[1]} {row[2]}")[:SHOWN]
        found = [
            JumpTarget(name, reverse("room-page", args=[pk]), self._detail(name, slug, project))
            for pk, name, slug, project in rows
        ]
        return [*found, *self._all()]

    @property
    def nearest(self) -> list[JumpTarget]:
        if self.rows:
            return []
        near = nearest_rooms(self.rooms, self.search)
        return [JumpTarget(name, reverse("room-page", args=[pk])) for pk, name in near]

    def _detail(self, name: str, slug: str, project: Any) -> str:
        projects = self.seen.names
        words = [slug if slug != name else "", projects.get(str(project), "")]
        return " · ".join(filter(None, words if len(projects) > 1 else words[:1]))

    def _all(self) -> list[JumpTarget]:
        if len(self.rows) <= SHOWN:
            return []
        text = gettext("All rooms with “%s”") % self.search
        return [JumpTarget(text, f"{reverse('home')}?{urlencode({'search': self.search})}")]


def people_found(user: Any, search: str) -> list[JumpTarget]:
    """Return the people in live sessions whose names the search finds, each with the session."""
    inside = Member.objects.filter(
        visible_to(user, "session__project"), leave_time=None, session__end_time=None
    ).filter(Q(Matches(search, SearchedText("name"))) | OTHER_NAMES)
    columns = ("name", "session_id", "session__display_name")
    # Without an order, the database reads its index of the members inside.
    rows = inside.order_by().values_list(*columns)[:PEOPLE_READ]
    named = sorted((row for row in rows if is_found(search, row[0])), key=lambda row: fold(row[0]))
    return [
        JumpTarget(name, reverse("session-page", args=[session]), room)
        for name, session, room in best_first(search, named, of=lambda row: row[0])[:SHOWN]
    ]


def best_first(search: str, rows: Iterable[Any], of: Any) -> list[Any]:
    """Return the rows, those first in whose text the search stands early as it was entered."""
    folded = fold(search)

    def place(row: Any) -> tuple[bool, int]:
        at = fold(of(row)).find(folded)
        return at < 0, at

    return sorted(rows, key=place)
