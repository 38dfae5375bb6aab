"""One page of the week: rows, links and texts for an address and a user."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from access.api.keyset import Page, Position
from access.staff.time_fields import CalendarDayField
from rooms.display.periods import LENGTHS, Period
from rooms.display.times import DAY, HOUR
from rooms.display.values import label
from rooms.jobs.access import MAY_CHANGE
from rooms.models import RoomQuerySet
from rooms.pages.list_query import rooms_in_order, stated, without_faults
from rooms.pages.room_list.first_page import PAGE_SIZE
from rooms.pages.room_list.parts import filters_of
from rooms.pages.room_list.view_menu import ViewMenu
from rooms.pages.room_list.visible_projects import VisibleProjects
from rooms.rules.join_policy import SCHEDULE
from sessions.models import RoomSession
from sessions.pages.week.rows import COLUMNS, WeekRow, WeekRows
from sessions.pages.week.state import OPENS_EARLIEST, PERIOD, WeekState

# A page shows at most this number, as each bar is a link.
MOST_SESSIONS = 1000


class WeekPage:
    """One page of the week; `faults` has a sentence for each invalid parameter."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user, self.now = user, timezone.now()
        self.today = timezone.localdate(self.now)
        self.seen = VisibleProjects.by(user)
        # A saved view may state the default order of the week.
        params, self.faults = without_faults(stated(query, default=""))
        self.day = self._day(query)
        params |= self._period(query)
        self.state = WeekState(params, self.seen.names, reverse("week"))
        self.period = Period.around(self.day or self.today, self.state.length)
        self.page = self._page(self._rooms(), query.get("page", ""))

    def _day(self, query: QueryDict) -> date | None:
        try:
            return CalendarDayField(required=False).clean(query.get("day", "").strip())
        except ValidationError as wrong:
            self.faults += wrong.messages
            return None

    def _period(self, query: QueryDict) -> dict[str, str]:
        """Return the valid parameters that name the period."""
        span = query.get("span", "").strip()
        if span and span not in LENGTHS:
            words = gettext("span must be one of {names}.").format(names=", ".join(LENGTHS))
            self.faults.append(words)
            span = ""
        values = (self.day.isoformat() if self.day else "", "" if span == "week" else span)
        return {name: value for name, value in zip(PERIOD, values, strict=True) if value}

    def _rooms(self) -> RoomQuerySet:
        filters = {name: v for name, v in self.state.params.items() if name not in PERIOD}
        rooms = rooms_in_order(filters, self.seen.rooms(self.user), OPENS_EARLIEST)
        span = self.period.span
        return rooms.during(span.start, span.end, self.now).only(*COLUMNS)

    def _page(self, rooms: RoomQuerySet, token: str) -> Page:
        try:
            return Page.of(rooms, Position.read(token) if token else None, PAGE_SIZE)
        except ValueError:
            self.faults.append(gettext("This page does not exist. Showing the first page."))
            return Page.of(rooms, None, PAGE_SIZE)

    @cached_property
    def rows(self) -> list[WeekRow]:
        return WeekRows(self.period.span, self.now).of(self.page.rows, self.sessions)

    @cached_property
    def sessions(self) -> list[RoomSession]:
        """The last sessions of the rooms on this page, with one statement."""
        if not self.page.rows:
            return []
        span, ids = self.period.span, [room.pk for room in self.page.rows]
        sessions = RoomSession.objects.filter(room__in=ids, start_time__lt=span.end)
        # A live session ends now as far as is known.
        ended_later = Q(end_time__gte=span.start)
        if self.now >= span.start:
            ended_later |= Q(end_time=None)
        columns = ("room_id", "start_time", "end_time")
        return list(sessions.filter(ended_later).only(*columns).order_by("-pk")[:MOST_SESSIONS])

    def context(self) -> dict[str, Any]:
        return {
            "here": "week",
            "list": self,
            "state": self.state,
            "menu": ViewMenu(self.user, self.state),
            "filters": filters_of(self.state),
            "newer": self._beside(self.page.before),
            "older": self._beside(self.page.after),
            "may_move": self.user.has_perms(MAY_CHANGE),
            "moved": [(f"move_{name}", label(name)) for name in SCHEDULE],
        }

    def _beside(self, position: Position | None) -> str | None:
        return self.state.link(page=str(position)) if position else None

    @property
    def is_first(self) -> bool:
        return not self.page.before

    @property
    def now_left(self) -> float | None:
        """The position of now, if the period contains it."""
        span = self.period.span
        return span.place(self.now) if span.start <= self.now < span.end else None

    def earlier(self) -> str:
        return self.state.at(self.period.earlier) if self.period.earlier else ""

    def later(self) -> str:
        return self.state.at(self.period.later) if self.period.later else ""

    def heads(self) -> Iterator[tuple[Any, str, bool]]:
        """Yield each part of the head, its address, and whether it is today."""
        for part in self.period.parts():
            url = self.state.at(part.day, span="day") if part.day else ""
            yield part, url, part.day == self.today

    @property
    def seconds(self) -> int:
        """The length of the period, for the script that shifts bars."""
        span = self.period.span
        return int((span.end - span.start).total_seconds())

    @property
    def steps(self) -> tuple[int, int]:
        """The seconds by which an arrow key shifts a bar, without and with Shift."""
        return (HOUR, DAY) if self.period.length == "month" else (HOUR // 4, HOUR)

    @property
    def list_url(self) -> str:
        query = self.state.query
        return f"{reverse('home')}?{query}" if query else reverse("home")

    @property
    def count_text(self) -> str:
        count = len(self.rows)
        if self.page.before or self.page.after:
            text = ngettext("%(count)s room on this page", "%(count)s rooms on this page", count)
        else:
            text = ngettext("%(count)s room", "%(count)s rooms", count)
        return text % {"count": count}
