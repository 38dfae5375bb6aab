"""What every view of a project's rooms shares: whose rooms, who acts, how a refusal is told."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.functional import cached_property

from access.api.renderers import json_response
from access.api.views import ProjectView
from access.http.errors import ApiError
from access.values.identifiers import is_uuid
from rooms.api.preconditions import Precondition, etag, precondition
from rooms.api.serializers import serialize_room
from rooms.changes import RoomIsLive, Stale
from rooms.changes.validation import Change
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Author, AuthorKind, Door
from rooms.rules.constraints import rule_of


def no_session(change: Change) -> None:
    return None


# What a change would mean for the room's session in progress, or None. Sessions are built on rooms,
# so SessionsConfig.ready() puts its function here.
consequences_of: Callable[[Change], dict[str, Any] | None] = no_session


class RoomView(ProjectView):
    """A view that finds the project's rooms, and changes them in the caller's name."""

    queryset = Room.objects.none()
    lookup_url_kwarg = "room"
    # The room that the address names, where the token was looked for with it.
    at_hand: Room | None = None

    @cached_property
    def rooms(self) -> RoomQuerySet:
        rooms = Room.objects.of_project(self.token.project_id)
        rooms.at_hand = self.at_hand
        return rooms

    def room_named(self, name: str, **more: bool) -> Room:
        """Return the project's room of this id, or else of this name; raises Http404.

        `more` is what RoomQuerySet.found may be asked for besides.
        """
        if is_uuid(name):
            with suppress(Room.DoesNotExist):
                return self.rooms.found(name, **more)
        found = self.rooms.named(name, **more) if rule_of(Room, "name").holds(name) else None
        if found is None:
            raise Http404
        return found

    def author(self, door: Door = Door.API) -> Author:
        return Author(
            kind=AuthorKind.TOKEN,
            id=str(self.token.pk),
            name=self.token.name,
            door=door,
            request_id=self.request.id,
        )

    def changing(self, room: str, act: Any) -> Any:
        """Return what `act` makes of the room, or raise what the caller is to be told."""
        if not is_uuid(room):
            raise Http404
        condition = precondition(self.request)
        if condition is None and self.token.project.requires_if_match:
            raise ApiError(428, "This project changes rooms only with If-Match: send the ETag.")
        try:
            return act(condition)
        except Room.DoesNotExist:
            raise Http404 from None
        except Stale as stale:
            raise self.stale(stale, condition) from None
        except RoomIsLive:
            raise ApiError(409, "A session is in progress. End it first.") from None

    def stale(self, stale: Stale, condition: Precondition | None) -> ApiError:
        detail = "The room was changed since you read it. Read it again."
        return ApiError(412, detail, {"ETag": etag(stale.room)})


def answer_to(
    change: Change, *, dry_run: bool = False, status: int = 200, **headers: str
) -> HttpResponse:
    """Return the room as the API draws it; of a dry run also what moved, and what it would mean."""
    drawn = serialize_room(change.room)
    if dry_run:
        drawn["dry_run"] = {"changes": change.as_json(), "live": consequences_of(change)}
    return json_response(drawn, status, {"ETag": etag(change.room), **headers})
