"""What every view of a project's rooms shares: whose rooms, who acts, how a refusal is told."""

import re
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from rest_framework import viewsets
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from access.identifiers import is_uuid
from access.models import ApiToken
from config.errors import Problem
from rooms.changes import Change, RoomIsLive, Stale
from rooms.filters import read_boolean
from rooms.history import Author, AuthorKind, Door
from rooms.models import Room, RoomQuerySet
from rooms.preconditions import Precondition, etag, precondition
from rooms.serializers import draw


class ProjectView(viewsets.GenericViewSet):
    queryset = Room.objects.none()
    lookup_url_kwarg = "room"

    @property
    def token(self) -> ApiToken:
        return self.request.auth

    @cached_property
    def rooms(self) -> RoomQuerySet:
        return Room.objects.filter(project=self.token.project_id)

    @cached_property
    def is_dry_run(self) -> bool:
        # One that cannot be read is refused: whoever tries must not find it done.
        asked = read_boolean(self.request.query_params, "dry_run")
        return asked or self.prefers("dry-run")

    def author(self, door: Door = Door.API) -> Author:
        return Author(
            kind=AuthorKind.TOKEN,
            id=str(self.token.pk),
            name=self.token.name,
            door=door,
            request_id=self.request.id,
        )

    def prefers(self, name: str, value: str = "") -> bool:
        """Say whether the caller's Prefer header (RFC 7240) has this preference."""
        wanted = rf"{name}\s*=\s*\"?{value}\"?" if value else name
        header = self.request.META.get("HTTP_PREFER", "")
        return re.search(rf"(?:^|[,;])\s*{wanted}\s*(?:[,;]|\Z)", header, re.I) is not None

    def changing(self, room: str, act: Any) -> Any:
        """Return what `act` makes of the room, or raise what the caller is to be told."""
        if not is_uuid(room):
            raise Http404
        condition = precondition(self.request)
        if condition is None and self.token.project.requires_if_match:
            raise Problem(428, "This project changes rooms only with If-Match: send the ETag.")
        try:
            return act(condition)
        except Room.DoesNotExist:
            raise Http404 from None
        except Stale as stale:
            raise self.stale(stale, condition) from None
        except RoomIsLive:
            raise Problem(409, "A session is in progress. End it first.") from None

    def stale(self, stale: Stale, condition: Precondition | None) -> Problem:
        detail = "The room was changed since you read it. Read it again."
        return Problem(412, detail, {"ETag": etag(stale.room)})


def answer_to(
    change: Change, *, dry_run: bool = False, status: int = 200, **headers: str
) -> Response:
    """Return the room as the API draws it; of a dry run also what moved, and what it would mean."""
    drawn = draw(change.room)
    if dry_run:
        drawn["dry_run"] = {"changes": change.as_json(), "live": _live(change.room)}
    return Response(drawn, status=status, headers={"ETag": etag(change.room), **headers})


def _live(room: Room) -> dict[str, Any] | None:
    session = room.active_session
    return session and {"room_session_id": str(session.pk), "takes_effect": "next_session"}


def body_of(request: Request) -> Any:
    """Return the body, which these calls cannot do without."""
    if not has_body(request):
        raise ParseError("The body is empty: send a JSON object, {} to change nothing.")
    return request.data


def has_body(request: Request) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > 0
