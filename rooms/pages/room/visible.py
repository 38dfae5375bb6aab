"""The rooms and projects that the user of a request may see."""

from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.views.decorators.http import require_http_methods

from access.database.prepared_queries import PreparedQuery
from access.database.replica_connections import PRIMARY
from access.database.routing import read_alias
from access.models import Project
from access.staff.limits import visible_to
from rooms.models import Room, RoomQuerySet

page_methods = require_http_methods(["GET", "HEAD", "POST"])


def visible_rooms(request: HttpRequest) -> RoomQuerySet:
    """Return the rooms that the user may see, with their sessions in progress."""
    return _visible_rooms(request.user)


def _visible_rooms(user: Any) -> RoomQuerySet:
    rooms = Room.objects.filter(visible_to(user))
    return rooms.with_active_session().select_related("project")


def find_visible_room(request: HttpRequest, room_id: UUID) -> Room | None:
    """Return the room as visible_rooms() reads it, or None."""
    user = request.user
    if read_alias() != PRIMARY:
        return _visible_rooms(user).filter(pk=room_id).first()
    return _room_by_id(bool(user.is_superuser)).first(room_id, user.pk)


@cache
def _room_by_id(is_superuser: bool) -> PreparedQuery[Room]:
    def build(room_id: UUID, pk: int) -> RoomQuerySet:
        user = SimpleNamespace(pk=pk, is_superuser=is_superuser)
        return _visible_rooms(user).filter(pk=room_id).order_by()

    return PreparedQuery(build, Room._meta.pk, get_user_model()._meta.pk)


def visible_room(request: HttpRequest, room_id: UUID) -> Room:
    room = find_visible_room(request, room_id)
    if room is None:
        raise Http404
    return room


def members_inside(room: Room) -> int:
    session = room.active_session
    return session.count_inside() if session else 0


def visible_projects(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.filter(visible_to(request.user, project=""))
