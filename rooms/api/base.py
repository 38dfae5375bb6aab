"""The base of all views of rooms: it finds a room, and turns refused changes into errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.functional import cached_property

from access.api.renderers import json_response
from access.api.scopes import ROOMS
from access.api.views import ProjectView
from access.http.errors import ApiError
from access.http.preconditions import Precondition, asks_if_known, etag
from access.values.identifiers import is_uuid
from rooms.api.preconditions import is_as_known, stale_error
from rooms.api.serializers import serialize_room
from rooms.changes import RoomIsLive, Stale
from rooms.changes.validation import Change, Edit
from rooms.models import Room, RoomFinder
from rooms.models.history import Author, AuthorKind, Channel
from rooms.rules.constraints import rule_of


def no_session(change: Change) -> None:
    return None


# A dry run reports with it how a change would affect the session in progress. Sessions are built
# on rooms, so SessionsConfig.ready() replaces this function.
consequences_of: Callable[[Change], dict[str, Any] | None] = no_session


class RoomView(ProjectView):
    """A view that finds the project's rooms and changes them in the name of the API token."""

    scopes = ROOMS
    queryset = Room.objects.none()
    lookup_url_kwarg = "room"

    @cached_property
    def rooms(self) -> RoomFinder:
        return RoomFinder(self.token.project_id)

    def get_room(self, name: str, *, with_last_end: bool = False) -> Room:
        """Return the project's room with this id or name. Raises Http404.

        An id is never looked up as a name, which would find another room after a deletion.
        """
        room = None
        if is_uuid(name):
            with suppress(Room.DoesNotExist):
                room = self.rooms.get_by_id(name, with_last_end=with_last_end)
        elif rule_of(Room, "name").holds(name):
            room = self.rooms.get_by_name(name, with_last_end=with_last_end)
        if room is None:
            raise Http404
        return room

    def show_room(self, name: str) -> HttpResponse:
        """Return the room, or 304 if the client has its present version."""
        room = self.get_room(name, with_last_end=asks_if_known(self.request))
        if is_as_known(room, self.request):
            return HttpResponse(status=304, headers={"ETag": etag(room)})
        return room_response(Change(room))

    def author(self, channel: Channel = Channel.API) -> Author:
        return Author(
            kind=AuthorKind.TOKEN,
            id=str(self.token.pk),
            name=self.token.name,
            channel=channel,
            request_id=self.request.id,
        )

    @contextmanager
    def changing(self, room_id: str, edit: Edit | None = None) -> Iterator[Precondition | None]:
        """Yield the client's precondition, and turn the refusals of a change into API errors.

        A 412 compares `edit` with the changes since the client's version. Raises Http404, ApiError.
        """
        if not is_uuid(room_id):
            raise Http404
        condition = self.condition
        if condition is None and self.token.project.requires_if_match:
            raise ApiError(428, "This project changes rooms only with If-Match: send the ETag.")
        try:
            yield condition
        except Room.DoesNotExist:
            raise Http404 from None
        except Stale as stale:
            raise stale_error(stale.room, condition, edit) from None
        except RoomIsLive:
            raise ApiError(409, "A session is in progress. End it first.") from None


def room_response(change: Change, *, dry_run: bool = False, **headers: str) -> HttpResponse:
    """Return the room as JSON; for a dry run also what changed, and the effect on its session."""
    body = serialize_room(change.room)
    if dry_run:
        body["dry_run"] = {"changes": change.as_json(), "live": consequences_of(change)}
    return json_response(body, headers={"ETag": etag(change.room), **headers})
