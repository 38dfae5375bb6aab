"""The rooms and projects that the user of a request may see."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.views.decorators.http import require_http_methods

from access.models import Project
from access.staff.limits import visible_to
from rooms.models import Room, RoomQuerySet

page_methods = require_http_methods(["GET", "HEAD", "POST"])


def visible_rooms(request: HttpRequest) -> RoomQuerySet:
    """Return the rooms that the user may see, with their sessions in progress."""
    rooms = Room.objects.filter(visible_to(request.user))
    return rooms.with_active_session().select_related("project")


def visible_room(request: HttpRequest, room_id: UUID) -> Room:
    room = visible_rooms(request).filter(pk=room_id).first()
    if room is None:
        raise Http404
    return room


def members_inside(room: Room) -> int:
    session = room.active_session
    return session.count_inside() if session else 0


def visible_projects(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.filter(visible_to(request.user, project=""))
