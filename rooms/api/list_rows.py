"""A page of the API's room list: only the columns that it shows, without a model for each row.

To build the models and the same SQL for each request took half of the time of a page.
"""

from collections import namedtuple
from functools import cache
from typing import Any
from uuid import UUID

from access.api.keyset import Ordering, Position, fetched, placed
from access.api.pagination import DEFAULT_SIZE, KeysetPagination
from access.database.prepared_queries import PreparedRowsQuery
from access.database.routing import read_alias
from rooms.api.serializers import table
from rooms.models import Room, RoomFinder, RoomQuerySet

MOST = DEFAULT_SIZE + 1
Row = namedtuple("Row", table.columns)


class RoomPagination(KeysetPagination):
    """Pages of rows for `table`, or of rooms where their sessions are read as well."""

    # The rooms of a project, if the client neither filters nor orders them.
    finder: RoomFinder | None = None

    def fetch(
        self, rooms: RoomQuerySet, ordering: Ordering, position: Position | None, most: int
    ) -> list[Any]:
        if rooms.has_sessions:
            return fetched(rooms, ordering, position, most)
        if self.finder:
            # Each prepared statement takes memory of every connection: so only the default size.
            if most == MOST and (position is None or position.value is None):
                return _fetch_prepared(self.finder.project_id, position)
            rooms = self.finder.listed()
        columns = dict.fromkeys((*table.columns, ordering.field))
        return fetched(rooms.values_list(*columns, named=True), ordering, position, most)


def _fetch_prepared(project: UUID, position: Position | None) -> list[Row]:
    values = (project, position.id) if position else (project,)
    query = _prepared(position and position.direction)
    return [Row._make(row) for row in query.all(*values, using=read_alias())]


@cache
def _prepared(direction: str | None) -> PreparedRowsQuery:
    columns = [Room._meta.get_field(name) for name in ("project", "id")]

    def rows(project: UUID, *beside: UUID) -> Any:
        rooms = Room.objects.filter(project=project).listed().values_list(*table.columns)
        position = Position(direction, *beside) if direction else None
        return placed(rooms, Ordering.of(rooms), position)[:MOST]

    return PreparedRowsQuery(rows, *columns[: 2 if direction else 1])
