"""Finds one room of a project by a prepared query, which costs only the database's time."""

from functools import cache
from typing import Any
from uuid import UUID

from access.database.prepared_queries import PreparedQuery
from access.database.routing import read_alias
from rooms.models.room import Room
from rooms.models.room_queryset import RoomQuerySet


class RoomFinder:
    """The rooms of one project, for callers that find or change one of them.

    `known` is a room that was read with the caller's token: it is returned once, so that a
    second look-up sees what has changed.
    """

    def __init__(self, project_id: UUID, known: Room | None = None) -> None:
        self.project_id = project_id
        self._known = known

    def all(self) -> RoomQuerySet:
        """Return the project's rooms as a query set."""
        return Room.objects.filter(project=self.project_id)

    def listed(self) -> RoomQuerySet:
        """Return the project's rooms that lists show by default."""
        return self.all().listed()

    def locked(self) -> RoomQuerySet:
        return self.all().locked()

    def get_by_id(self, room_id: UUID | str, *, with_last_end: bool = False) -> Room:
        """Return the room of this id as in_full() reads it. Raises Room.DoesNotExist.

        `with_last_end` adds when its last session ended, if none is in progress.
        """
        room = self._take_known(room_id) or self._first("id", room_id, with_last_end)
        if room is None:
            raise Room.DoesNotExist
        return room

    def get_by_name(self, name: str, *, with_last_end: bool = False) -> Room | None:
        """Return the room of this name as get_by_id() reads it, or None."""
        return self._first("name", name, with_last_end)

    def _take_known(self, room_id: UUID | str) -> Room | None:
        room, self._known = self._known, None
        return room if room and str(room.pk) == str(room_id) else None

    def _first(self, field: str, value: Any, with_last_end: bool) -> Room | None:
        query = room_by(field, with_last_end=with_last_end)
        return query.first(self.project_id, value, using=read_alias())


Rooms = RoomQuerySet | RoomFinder


@cache
def room_by(field: str, *, with_last_end: bool = False) -> PreparedQuery[Room]:
    """Return the query for the room of a project with this id or name, read in_full()."""
    columns = [Room._meta.get_field(name) for name in ("project", field)]

    def build(project: UUID, value: Any) -> RoomQuerySet:
        rooms = Room.objects.filter(project=project, **{field: value}).in_full().order_by()
        return rooms.with_last_end() if with_last_end else rooms

    return PreparedQuery(build, *columns)
