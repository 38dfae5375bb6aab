"""Rooms over HTTP."""

import re
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from access.identifiers import is_uuid
from access.models import ApiToken
from config.errors import Problem, base_url
from rooms.api_examples import NEW_ROOM, ROOM, ROOM_CHANGE, ROOM_ID, ROOM_ID_OR_NAME
from rooms.changes import Change, RoomIsLive, Stale, change_room, create_room, delete_room
from rooms.filters import RoomFilter
from rooms.history import Author, AuthorKind, Door
from rooms.models import Room, RoomQuerySet
from rooms.pagination import KeysetPagination
from rooms.preconditions import etag, precondition
from rooms.rules import rule_of
from rooms.serializers import (
    NewRoomSerializer,
    RoomChangeSerializer,
    RoomSerializer,
    draw,
    read_edit,
)

CHANGE = {
    "parameters": [ROOM_ID],
    "request": RoomChangeSerializer,
    "examples": [ROOM_CHANGE, ROOM],
}


class RoomViewSet(viewsets.GenericViewSet):
    serializer_class = RoomSerializer
    pagination_class = KeysetPagination
    filterset_class = RoomFilter
    queryset = Room.objects.none()
    lookup_url_kwarg = "room"

    def list(self, request: Request) -> Response:
        """List the project's rooms, newest first."""
        page = self.paginate_queryset(self._filtered(request))
        return self.get_paginated_response([draw(room) for room in page])

    @extend_schema(request=NewRoomSerializer, examples=[NEW_ROOM, ROOM])
    def create(self, request: Request) -> Response:
        """Create a room."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        room = create_room(self.token.project_id, edit(Room()), by=self.author).room
        location = f"{base_url(request)}{request.path}/{room.pk}"
        return self._answer(room, status=201, Location=location)

    @extend_schema(parameters=[ROOM_ID_OR_NAME], examples=[ROOM])
    def retrieve(self, request: Request, room: str) -> Response:
        """Get a room, by its id or its name."""
        return self._answer(self._found(room))

    @extend_schema(**CHANGE)
    def update(self, request: Request, room: str) -> Response:
        """Change a room: what the body names, and nothing else."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        change = self._changing(room, lambda **how: change_room(self.rooms, room, edit, **how))
        return self._answer(change.room)

    @extend_schema(**CHANGE)
    def partial_update(self, request: Request, room: str) -> Response:
        """Change a room, as PUT does."""
        return self.update(request, room)

    @extend_schema(parameters=[ROOM_ID])
    def destroy(self, request: Request, room: str) -> Response:
        """Delete a room; its past sessions and its history stay."""
        self._changing(room, lambda **how: delete_room(self.rooms, room, **how))
        return Response(status=204)

    @property
    def token(self) -> ApiToken:
        return self.request.auth

    @cached_property
    def rooms(self) -> RoomQuerySet:
        return Room.objects.filter(project=self.token.project_id)

    @property
    def author(self) -> Author:
        return Author(
            kind=AuthorKind.TOKEN,
            id=str(self.token.pk),
            name=self.token.name,
            door=Door.API,
            request_id=self.request.id,
        )

    @property
    def is_strict(self) -> bool:
        prefer = self.request.META.get("HTTP_PREFER", "")
        return re.search(r"(?:^|[,;])\s*handling\s*=\s*\"?strict\b", prefer, re.I) is not None

    def _changing(self, room: str, act: Any) -> Change:
        if not is_uuid(room):
            raise Http404
        condition = precondition(self.request)
        if condition is None and self.token.project.requires_if_match:
            raise Problem(428, "This project changes rooms only with If-Match: send the ETag.")
        try:
            return act(by=self.author, unless_stale=condition)
        except Room.DoesNotExist:
            raise Http404 from None
        except Stale as stale:
            detail = "The room was changed since you read it. Read it again."
            raise Problem(412, detail, {"ETag": etag(stale.room)}) from None
        except RoomIsLive:
            raise Problem(409, "A session is in progress. End it first.") from None

    def _found(self, name: str) -> Room:
        rooms = self.rooms.with_active_session()
        if is_uuid(name):
            by_id = rooms.filter(pk=name).first()
            if by_id:
                return by_id
        rule = rule_of(Room, "name")
        found = rooms.filter(name=name).first() if rule.holds(name) else None
        if found is None:
            raise Http404
        return found

    def _filtered(self, request: Request) -> RoomQuerySet:
        return self.filterset_class(request.query_params, self.rooms, request=request).narrowed()

    def _answer(self, room: Room, status: int = 200, **headers: str) -> Response:
        headers["ETag"] = etag(room)
        if self.is_strict:
            headers["Preference-Applied"] = "handling=strict"
        return Response(draw(room), status=status, headers=headers)


def body_of(request: Request) -> dict[str, Any]:
    """Return the body, which these calls cannot do without."""
    if not int(request.META.get("CONTENT_LENGTH") or 0):
        raise ParseError("The body is empty: send a JSON object, {} to change nothing.")
    return request.data
