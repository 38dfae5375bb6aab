"""Rooms over HTTP."""

from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.filters import read_boolean
from access.api.renderers import JsonRenderer
from access.api.views import body_of
from access.database.routing import reads_primary
from access.http.errors import ApiError, base_url
from access.models import ApiToken, by_prefix
from access.values.identifiers import is_uuid
from rooms.api.base import RoomView, answer_to
from rooms.api.examples import BOM, DRY_RUN, NEW_ROOM, ROOM, ROOM_CHANGE, ROOM_ID, ROOM_ID_OR_NAME
from rooms.api.list_rows import RoomPagination
from rooms.api.preconditions import Precondition, asks_if_known, etag, is_as_known
from rooms.api.schema import CHANGED_ROOM, CSV_OUT
from rooms.api.serializers import (
    NewRoomSerializer,
    RoomChangeSerializer,
    RoomSerializer,
    read_edit,
    serialize_room,
    table,
)
from rooms.bulk import csv_files
from rooms.changes import Stale, change_room, create_room, delete_room
from rooms.changes.conflicts import differences, merged_edit
from rooms.changes.sql import single_statement
from rooms.changes.validation import Change, Edit
from rooms.filters import RoomFilter
from rooms.models import Room, RoomQuerySet
from rooms.models.room import token_and_room

CHANGE = {
    "parameters": [ROOM_ID],
    "request": RoomChangeSerializer,
    "responses": {200: CHANGED_ROOM},
    "examples": [ROOM_CHANGE, ROOM, DRY_RUN],
}
OF_ONE_ROOM = {"retrieve", "update", "partial_update"}
LIST = {
    "parameters": [BOM],
    "responses": {
        (200, "application/json"): RoomSerializer(many=True),
        (200, "text/csv"): CSV_OUT,
    },
}


class CsvRenderer(BaseRenderer):
    """Lets a list be asked for as text/csv; the rows themselves are streamed past it."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        raise NotImplementedError


class RoomViewSet(RoomView):
    serializer_class = RoomSerializer
    pagination_class = RoomPagination
    filterset_class = RoomFilter

    def find_token(self, prefix: str) -> ApiToken | None:
        """Return the token of this prefix; the room that is asked for comes in one statement."""
        room = self.kwargs.get("room", "")
        if not (
            self.action in OF_ONE_ROOM and is_uuid(room) and reads_primary() and single_statement()
        ):
            return by_prefix().first(prefix)
        reads = self.action == "retrieve" and asks_if_known(self.request)
        token, self.at_hand = token_and_room(with_last_end=reads).first(prefix, room)
        return token

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *([CsvRenderer()] if self.action == "list" else [])]

    @extend_schema(**LIST)
    def list(self, request: Request) -> HttpResponseBase:
        """List the project's rooms, newest first; as text/csv, all of them, oldest first."""
        bom = read_boolean(request.query_params, "bom")
        rooms = self._filtered(request)
        if request.accepted_renderer.format == "csv":
            return _exported(rooms, bom=bom)
        page = self.paginate_queryset(rooms)
        drawn = [serialize_room(room) for room in page] if rooms.has_sessions else table(page)
        return self.get_paginated_response(drawn)

    @extend_schema(
        request=NewRoomSerializer,
        responses={201: CHANGED_ROOM},
        examples=[NEW_ROOM, ROOM, DRY_RUN],
    )
    def create(self, request: Request) -> HttpResponse:
        """Create a room."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        change = create_room(
            self.token.project_id, edit(Room()), by=self.author(), dry_run=self.is_dry_run
        )
        location = f"{base_url(request)}{request.path}/{change.room.pk}"
        headers = {} if self.is_dry_run else {"Location": location}
        return self._answer(change, status=201, **headers)

    @extend_schema(parameters=[ROOM_ID_OR_NAME], examples=[ROOM])
    def retrieve(self, request: Request, room: str) -> HttpResponseBase:
        """Get a room, by its id or its name; 304 if it is what If-None-Match names."""
        found = self.room_named(room, with_last_end=asks_if_known(request))
        if is_as_known(found, request):
            return HttpResponse(status=304, headers={"ETag": etag(found)})
        return answer_to(Change(found))

    @extend_schema(**CHANGE)
    def update(self, request: Request, room: str) -> HttpResponse:
        """Change a room: what the body names, and nothing else."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        return self._answer(self.changing(room, partial(self._change, room, edit)))

    @extend_schema(**CHANGE)
    def partial_update(self, request: Request, room: str) -> HttpResponse:
        """Change a room, as PUT does."""
        return self.update(request, room)

    @extend_schema(parameters=[ROOM_ID])
    def destroy(self, request: Request, room: str) -> Response:
        """Delete a room; its past sessions and its history stay."""
        self.changing(
            room,
            lambda condition: delete_room(
                self.rooms,
                room,
                by=self.author(),
                unless_stale=condition,
                dry_run=self.is_dry_run,
            ),
        )
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        # Whatever was asked for, an error is JSON.
        self.request.accepted_renderer = JsonRenderer()
        self.request.accepted_media_type = JsonRenderer.media_type
        return super().handle_exception(exc)

    def _change(self, room: str, edit: Edit, condition: Precondition | None) -> Change:
        base = condition and condition.base_version
        merge = merged_edit(base, edit) if base and self.prefers("merge") else None
        try:
            return change_room(
                self.rooms,
                room,
                edit,
                by=self.author(),
                unless_stale=condition,
                if_stale=merge,
                dry_run=self.is_dry_run,
            )
        except Stale as stale:
            raise _conflict(stale.room, base, edit) from None

    def _filtered(self, request: Request) -> RoomQuerySet:
        return self.filterset_class(request.query_params, self.rooms, request=request).narrowed()

    def _answer(self, change: Change, status: int = 200, **headers: str) -> HttpResponse:
        headers |= self.applied_of("handling=strict", "dry-run", "merge")
        return answer_to(change, dry_run=self.is_dry_run, status=status, **headers)


def _conflict(room: Room, base: int | None, edit: Edit) -> ApiError:
    """Return the 412 that says what moved since the caller read the room, if that is known."""
    found = differences(room, base, edit) if base else None
    more = {"conflict": {name: one.as_json() for name, one in found.items()}} if found else {}
    if found and not any(one.overlaps for one in found.values()):
        detail = "The room was changed since; the edits do not overlap: send Prefer: merge."
    else:
        detail = "The room was changed since you read it. Read it again."
    return ApiError(412, detail, {"ETag": etag(room)}, **more)


def _exported(rooms: RoomQuerySet, *, bom: bool) -> StreamingHttpResponse:
    lines = csv_files.written(rooms, bom=bom)
    headers = {"Content-Disposition": 'attachment; filename="rooms.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
