"""One page of the list of rooms: rows, links and texts for an address and a user."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from access.api.keyset import Ordering, Page, Position, fetched
from rooms.jobs.access import MAY_CHANGE
from rooms.jobs.create import MOST_ROOMS
from rooms.models import RoomQuerySet
from rooms.pages.list_query import rooms_in_order, stated, without_faults
from rooms.pages.room_list.first_page import PAGE_SIZE, first_page
from rooms.pages.room_list.nearest import nearest_rooms
from rooms.pages.room_list.parts import filters_of, table_parts
from rooms.pages.room_list.rows import MAY_WATCH, columns_of, html_of, rows_of
from rooms.pages.room_list.state import ListState
from rooms.pages.room_list.view_menu import ViewMenu
from rooms.pages.room_list.visible_projects import MOST_PROJECTS, VisibleProjects


class ListPage:
    """One page of the list; `faults` has a sentence for each invalid parameter."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user, self.now = user, timezone.now()
        self.seen = VisibleProjects.by(user)
        params, self.faults = without_faults(stated(query))
        self.state = ListState(params, self.seen.names, reverse("home"))
        unnamed = "project" in self.state.shows and len(self.seen.names) == MOST_PROJECTS
        self.more_columns = ("project__name",) if unnamed else ()
        self.position = self._position(query.get("page", ""))
        self.page = self._first_page() or self._page()
        self.rows = rows_of(
            self.page.rows, self.now, self.seen.names, may_watch=user.has_perm(MAY_WATCH)
        )
        # A page after the last room is empty and has no previous page.
        self.is_first = not (self.page.before or (self.position and not self.rows))

    def _position(self, token: str) -> Position | None:
        try:
            return Position.read(token) if token else None
        except ValueError:
            return self._nowhere()

    def _first_page(self) -> Page | None:
        is_first = not (self.position or self.more_columns or set(self.state.params) - {"columns"})
        return first_page(self.user, self.seen) if is_first else None

    def _page(self) -> Page:
        rooms = rooms_in_order(self.state.params, self.seen.rooms(self.user))
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
            "menu": ViewMenu(self.user, self.state),
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
