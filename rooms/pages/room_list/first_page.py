"""The first page of all rooms from A to Z, which staff ask for most: its statement is kept."""

from collections import namedtuple
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model

from access.api.keyset import Ordering, Page, placed
from access.database.prepared_queries import PreparedRowsQuery
from access.database.replica_connections import PRIMARY
from access.database.routing import read_alias
from rooms.models import Room
from rooms.pages.list_query import A_TO_Z, rooms_in_order
from rooms.pages.room_list.rows import COLUMNS, columns_of
from rooms.pages.room_list.visible_projects import VisibleProjects, rooms_in

PAGE_SIZE = 50
# Each number of projects has its own statement, and a connection keeps at most 100 statements.
MOST_NAMED = 10
FirstRow = namedtuple("FirstRow", COLUMNS)


def first_page(user: Any, seen: VisibleProjects) -> Page | None:
    """Return the first page, or None for a user whose projects are too many or read otherwise."""
    named = list(seen.names) if seen.are_named else []
    # The limits of a user are read from the primary, and their rooms perhaps not.
    is_one_database = user.is_superuser or read_alias() == PRIMARY
    if not seen.names or len(named) > MOST_NAMED or not is_one_database:
        return None
    query = _first_rows(user.is_superuser, len(named))

    def fetch(*_: Any) -> list[FirstRow]:
        rows = query.all(user.pk, *named, using=read_alias())
        return [FirstRow._make(row) for row in rows]

    return Page.of(Room.objects.order_by(A_TO_Z), None, PAGE_SIZE, fetch)


@cache
def _first_rows(is_superuser: bool, count: int) -> PreparedRowsQuery:
    def build(pk: int, *projects: Any) -> Any:
        user = SimpleNamespace(pk=pk, is_superuser=is_superuser)
        rooms = rooms_in_order({}, rooms_in(user, list(projects) if count else None))
        return placed(columns_of(rooms), Ordering.of(rooms), None)[: PAGE_SIZE + 1]

    ids = [Room._meta.get_field("project")] * count
    return PreparedRowsQuery(build, get_user_model()._meta.pk, *ids)
