"""The rows of the list: each room with its session, its answer and its schedule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.safestring import SafeString

from access.staff.times import Reader, reader_at, time_tag
from rooms.display.previews import live_picture
from rooms.display.times import relative
from rooms.models import RoomQuerySet
from rooms.models.forecast import POLICY, Forecast, forecasts
from rooms.pages.room_list.row_html import RowTexts, live_html, row_html

# The permission to see pictures of live rooms.
MAY_WATCH = "room_sessions.view_roomsession"
NO_PROJECTS: Mapping[str, str] = MappingProxyType({})
# Not the description and not meta: they are long, and the list does not show them.
COLUMNS = (
    *("id", "name", "display_name", "project_id", *POLICY, "quality", "layout"),
    *("record_on_start", "enable_room_previews", "updated_at"),
)


@dataclass(frozen=True)
class ListRow:
    """A room with its forecast; its `room` has only COLUMNS."""

    forecast: Forecast
    reader: Reader
    projects: Mapping[str, str]
    may_watch: bool

    @property
    def id(self) -> str:
        return str(self.forecast.room.id)

    @property
    def session(self) -> Any:
        """The session in progress, with the number `inside`."""
        return self.forecast.session

    def texts(self, shows: Iterable[str]) -> RowTexts:
        """Return the texts of the columns."""
        one, session = self.forecast, self.session
        counts = (session.inside, session.max_members) if session else None
        project = self._project() if "project" in shows else ""
        changed = self._changed() if "changed" in shows else ""
        texts = (project, changed, self._picture())
        return RowTexts(one.room, counts, one.decision, one.status, self.reader, *texts)

    def html(self, shows: Iterable[str], *, may_pick: bool) -> SafeString:
        """Return the row with the columns that a page shows."""
        return row_html(self.texts(shows), tuple(shows), may_pick)

    def live_html(self, shows: Iterable[str]) -> SafeString:
        """Return the parts of the row that change while the page is open."""
        return live_html(self.texts(()), tuple(shows))

    def _picture(self) -> SafeString:
        is_shown = self.session and self.may_watch
        picture = live_picture(self.session, self.forecast.room.display_name) if is_shown else ""
        return SafeString(picture)

    def _project(self) -> str:
        room = self.forecast.room
        return self.projects.get(str(room.project_id)) or str(room.project__name)

    def _changed(self) -> SafeString:
        time = self.forecast.room.updated_at
        return time_tag(time, relative(time, self.forecast.at))


def rows_of(
    rooms: Iterable[Any],
    now: datetime,
    projects: Mapping[str, str] = NO_PROJECTS,
    *,
    may_watch: bool,
) -> list[ListRow]:
    """Return a row for each room, with one statement for all sessions.

    `projects` are the names of known projects by id. The rows have pictures of live rooms for a
    user who `may_watch` them.
    """
    reader = reader_at(now)
    return [ListRow(one, reader, projects, may_watch) for one in forecasts(rooms, now)]


def html_of(rows: Iterable[ListRow], shows: Iterable[str], *, may_pick: bool) -> SafeString:
    """Return the rows with the columns that a page shows."""
    columns = tuple(shows)
    return SafeString("\n".join(row_html(row.texts(columns), columns, may_pick) for row in rows))


def columns_of(rooms: RoomQuerySet, *more: str) -> Any:
    """Read tuples with only the columns that a row needs: models take several times as long."""
    return rooms.values_list(*dict.fromkeys((*COLUMNS, *more)), named=True)
