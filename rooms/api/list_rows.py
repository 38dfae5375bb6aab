"""A page of rooms for the API's list: the columns that it draws, without a model for each row.

To make the models, and to write the same statement anew for each request, took as long as all
else that is done for a page.
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
from rooms.models import Room, RoomQuerySet

MOST = DEFAULT_SIZE + 1
Row = namedtuple("Row", table.columns)


class RoomPagination(KeysetPagination):
    """Pages of rows that `table` draws; of rooms where their sessions are read as well."""

    @staticmethod
    def fetch(
        rooms: RoomQuerySet, ordering: Ordering, position: Position | None, most: int
    ) -> list[Any]:
        if rooms.has_sessions:
            return fetched(rooms, ordering, position, most)
        # One size only: each statement that is kept takes memory of every connection.
        is_of_ids = position is None or position.value is None
        if rooms.whole_project and most == MOST and is_of_ids:
            return _fetched_as_kept(rooms.whole_project, position)
        columns = dict.fromkeys((*table.columns, ordering.field))
        return fetched(rooms.values_list(*columns, named=True), ordering, position, most)


def _fetched_as_kept(project: UUID, position: Position | None) -> list[Row]:
    values = (project, position.id) if position else (project,)
    rows = _kept(position and position.direction).all(*values, using=read_alias())
    return [Row._make(row) for row in rows]


@cache
def _kept(direction: str | None) -> PreparedRowsQuery:
    columns = [Room._meta.get_field(name) for name in ("project", "id")]

    def rows(project: UUID, *beside: UUID) -> Any:
        rooms = Room.objects.filter(project=project).values_list(*table.columns)
        position = Position(direction, *beside) if direction else None
        return placed(rooms, Ordering.of(rooms), position)[:MOST]

    return PreparedRowsQuery(rows, *columns[: 2 if direction else 1])
