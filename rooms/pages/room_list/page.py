"""One page of the list of rooms: rows, links and texts for an address and a user."""

from dataclasses import dataclass
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from access.api.keyset import Ordering, Page, Position, fetched
from access.database.prepared_queries import PreparedRowsQuery
from access.database.replica_connections import PRIMARY
from access.database.routing import read_alias
from access.models import Project
from access.staff.limits import limits_of, visible_to
from rooms.jobs.access import MAY_CHANGE
from rooms.jobs.create import MOST_ROOMS
from rooms.models import Room, RoomQuerySet
from rooms.pages.list_query import rooms_in_order, stated, without_faults
from rooms.pages.room_list.nearest import nearest_rooms
from rooms.pages.room_list.parts import filters_of, table_parts
from rooms.pages.room_list.rows import columns_of, html_of, rows_of
from rooms.pages.room_list.state import ListState
from rooms.pages.room_list.view_menu import ViewMenu

PAGE_SIZE = 50
# A longer list of choices is of no use.
MOST_PROJECTS = 200


@dataclass(frozen=True)
class VisibleProjects:
    """The projects that a user may see, by id; only the first MOST_PROJECTS by name."""

    names: dict[str, str]
    is_limited: bool

    @classmethod
    def by(cls, user: Any) -> "VisibleProjects":
        if read_alias() == PRIMARY:
            found = _project_rows(user.is_superuser).all(user.pk)
        else:
            found = list(_project_query(user))
        limited = not user.is_superuser and any(row[2] for row in found)
        return cls({str(pk): name for pk, name, _ in found}, limited)

    def condition(self, user: Any) -> Q:
        """Return the condition for rows of these projects, without another statement."""
        are_all = len(self.names) < MOST_PROJECTS
        return Q(project__in=list(self.names)) if are_all else visible_to(user)

    def rooms(self, user: Any) -> RoomQuerySet:
        """Return the rooms that `user` may see."""
        rooms = Room.objects.filter(visible_to(user))
        # The same condition as visible_to(), but in a form for which the database uses an index.
        few = len(self.names) < 2 or (self.is_limited and len(self.names) < MOST_PROJECTS)
        return rooms.filter(project__in=list(self.names)) if few else rooms


@cache
def _project_rows(is_superuser: bool) -> PreparedRowsQuery:
    def build(pk: int) -> QuerySet[Any, Any]:
        return _project_query(SimpleNamespace(pk=pk, is_superuser=is_superuser))

    return PreparedRowsQuery(build, get_user_model()._meta.pk)


def _project_query(user: Any) -> QuerySet[Any, Any]:
    seen = Project.objects.filter(visible_to(user, "")).annotate(limited=Exists(limits_of(user)))
    return seen.order_by("name").values_list("pk", "name", "limited")[:MOST_PROJECTS]


class ListPage:
    """One page of the list; `faults` has a sentence for each invalid parameter."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user, self.now = user, timezone.now()
        self.seen = VisibleProjects.by(user)
        params, self.faults = without_faults(stated(query))
        self.state = ListState(params, self.seen.names, reverse("home"))
        rooms = rooms_in_order(params, self.seen.rooms(user))
        unnamed = "project" in self.state.shows and len(self.seen.names) == MOST_PROJECTS
        self.more_columns = ("project__name",) if unnamed else ()
        self.position = self._position(query.get("page", ""))
        self.page = self._page(rooms)
        self.rows = rows_of(self.page.rows, self.now, self.seen.names)
        # A page after the last room is empty and has no previous page.
        self.is_first = not (self.page.before or (self.position and not self.rows))

    def _position(self, token: str) -> Position | None:
        try:
            return Position.read(token) if token else None
        except ValueError:
            return self._nowhere()

    def _page(self, rooms: RoomQuerySet) -> Page:
        try:
            return Page.of(rooms, self.position, PAGE_SIZE, self._fetched)
        except ValueError:
            # The position belongs to another order.
            self.position = self._nowhere()
            return Page.of(rooms, None, PAGE_SIZE, self._fetched)

    def _fetched(
        self, rooms: RoomQuerySet, ordering: Ordering, position: Position | None, most: int
    ) -> list[Any]:
        rooms = columns_of(rooms, ordering.field, *self.more_columns)
        return fetched(rooms, ordering, position, most)

    def _nowhere(self) -> None:
        self.faults.append(gettext("This page does not exist. Showing the first page."))

    def context(self) -> dict[str, Any]:
        return {
            "here": "rooms",
            "list": self,
            "state": self.state,
            "menu": ViewMenu(self.user, self.state, self.seen.condition(self.user)),
            "shows": self.state.shows,
            "rows": self.rows,
            "html_rows": html_of(self.rows, self.state.shows, may_pick=self.may_pick),
            "filters": filters_of(self.state),
            **table_parts(self.state, may_pick=self.may_pick),
            "live_url": self._live_url(),
            "may_pick": self.may_pick,
            "most_rooms": MOST_ROOMS,
            "may_change": self.user.has_perm("rooms.change_room"),
            **self._links(),
        }

    @cached_property
    def may_pick(self) -> bool:
        return bool(self.user.has_perms(MAY_CHANGE))

    def _links(self) -> dict[str, str | None]:
        export, query = reverse("export"), self.state.query
        return {
            "newer": self._beside(self.page.before),
            "older": self._beside(self.page.after),
            "export_url": f"{export}?{query}" if query else export,
            "excel_url": f"{export}?{query}&excel=1" if query else f"{export}?excel=1",
        }

    def _beside(self, position: Position | None) -> str | None:
        return self.state.link(page=str(position)) if position else None

    def _live_url(self) -> str:
        ids = ",".join(row.id for row in self.rows)
        columns = self.state.params.get("columns", "")
        return f"{reverse('live-rows')}?ids={ids}{columns and f'&columns={columns}'}"

    @cached_property
    def nearest(self) -> list[tuple[UUID, str]]:
        """The rooms to offer if the search found none."""
        search = self.state.params.get("search")
        return nearest_rooms(self.seen.rooms(self.user), search) if search else []

    @property
    def live_here(self) -> int:
        return sum(row.session is not None for row in self.rows)

    @property
    def count_text(self) -> str:
        """How many rooms this page has."""
        count = len(self.rows)
        if self.is_whole:
            text = ngettext("%(count)s room", "%(count)s rooms", count)
        elif self.is_first:
            text = gettext("The first %(count)s rooms")
        else:
            text = ngettext("%(count)s room on this page", "%(count)s rooms on this page", count)
        return text % {"count": count}

    @property
    def edit_all_text(self) -> str:
        """The label of the button that edits every room of the list."""
        count = len(self.rows)
        if not self.is_whole:
            filtered = self.state.is_filtered
            return gettext("Edit all results…") if filtered else gettext("Edit all rooms…")
        if self.state.is_filtered:
            text = ngettext("Edit this room…", "Edit all %(count)s results…", count)
        else:
            text = ngettext("Edit %(count)s room…", "Edit all %(count)s rooms…", count)
        return text % {"count": count}

    @property
    def is_whole(self) -> bool:
        """Whether everything that matches is on this page."""
        return not (self.page.before or self.page.after)
