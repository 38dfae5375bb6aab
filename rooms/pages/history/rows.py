"""The changes that a page of the history shows, with the display names of their rooms."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from access.models import Project
from access.staff.limits import visible_to
from rooms.models import Room
from rooms.models.history import Action, RoomChange

BEFORE, AFTER = 0, 1


def visible_changes(request: HttpRequest) -> QuerySet[RoomChange]:
    """Return the changes that the user may see, newest first."""
    return RoomChange.objects.filter(visible_to(request.user)).order_by("-id")


def with_names(changes: QuerySet[RoomChange]) -> QuerySet[RoomChange]:
    """Add the display name of the room, and the last settings of a deleted one.

    Subqueries read them for the rows of a page alone, so a page costs one statement.
    """
    now = Room.objects.filter(pk=OuterRef("room_id")).values("display_name")
    # These conditions are those of the index roomchange_deleted.
    deletions = RoomChange.objects.filter(
        project_id=OuterRef("project_id"),
        room_name=OuterRef("room_name"),
        action=Action.DELETED,
        room_id=OuterRef("room_id"),
    )
    last = deletions.order_by("-at").values("changes")[:1]
    return changes.annotate(name_now=Subquery(now), last_settings=Subquery(last))


def display_name(change: Any) -> str:
    """Return the room's display name after a change, the current one, or its last one."""
    in_change = change.changes.get("display_name")
    if in_change:
        return str(in_change[BEFORE if change.action == Action.DELETED else AFTER])
    if change.name_now is not None:
        return str(change.name_now)
    last = (change.last_settings or {}).get("display_name")
    return str(last[BEFORE]) if last else str(change.room_name)


def project_names(changes: list[RoomChange]) -> dict[Any, str]:
    """Return the names of the projects of `changes`, if there are several."""
    ids = {change.project_id for change in changes}
    if len(ids) < 2:
        return {}
    return dict(Project.objects.filter(pk__in=ids).values_list("pk", "name"))
