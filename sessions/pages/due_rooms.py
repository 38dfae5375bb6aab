"""The rooms with an event in a period, by prepared queries: /now asks for each kind of event."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import DateTimeField

from access.database.prepared_queries import PreparedRowsQuery
from access.database.replica_connections import PRIMARY
from access.database.routing import read_alias
from access.staff.limits import visible_to
from rooms.models import Room, nulls_last
from rooms.rules.join_policy import SCHEDULE

ROOMS_SHOWN = 30
# The columns of a room that the page shows with its events.
COLUMNS = ("pk", "display_name", *SCHEDULE)


def due_rooms(user: Any, name: str, start: datetime, end: datetime) -> Sequence[Any]:
    """Return the rooms that `user` may see whose time `name` is in the period, the first ones."""
    # The limits of a user are read from the primary, and their rooms perhaps not.
    if not user.is_superuser and read_alias() != PRIMARY:
        return list(_due(user, name, start, end))
    return _due_rows(name, user.is_superuser).all(user.pk, start, end, using=read_alias())


@cache
def _due_rows(name: str, is_superuser: bool) -> PreparedRowsQuery:
    def build(pk: int, start: datetime, end: datetime) -> Any:
        return _due(SimpleNamespace(pk=pk, is_superuser=is_superuser), name, start, end)

    return PreparedRowsQuery(build, get_user_model()._meta.pk, DateTimeField(), DateTimeField())


def _due(user: Any, name: str, start: datetime, end: datetime) -> Any:
    rooms = Room.objects.filter(visible_to(user)).listed()
    # nulls_last() matches the index (Room.Meta.indexes) and sorts rooms without the time last.
    due = rooms.alias(due=nulls_last(name)).filter(due__range=(start, end))
    if name == "remove_at":
        # The sessions of live rooms have their own times.
        due = due.live(False)
    return due.order_by("due").values_list(*COLUMNS)[: ROOMS_SHOWN + 1]
