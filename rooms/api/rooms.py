"""Rooms over HTTP."""

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.filters import read_boolean
from access.api.forms import shapes_of
from access.api.renderers import JsonRenderer
from access.api.views import body_of
from access.http.long_calls import in_slot
from access.http.preconditions import Precondition
from rooms.api.base import RoomView, room_response
from rooms.api.examples import BOM, DRY_RUN, NEW_ROOM, ROOM, ROOM_CHANGE, ROOM_ID, ROOM_ID_OR_NAME
from rooms.api.joined_lookup import JoinedLookupView
from rooms.api.list_rows import RoomPagination
from rooms.api.preconditions import base_of_merge
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
from rooms.changes import change_room, create_room, delete_room
from rooms.changes.conflicts import merged_edit
from rooms.changes.validation import FIELDS, Change, Edit
from rooms.filters import RoomFilter
from rooms.models import Room, RoomQuerySet

CHANGE = {
    "parameters": [ROOM_ID],
    "request": RoomChangeSerializer,
    "responses": {200: CHANGED_ROOM},
    "examples": [ROOM_CHANGE, ROOM, DRY_RUN],
}
LIST = {
    "responses": {
        (200, "application/json"): RoomSerializer(many=True),
        (200, "text/csv"): CSV_OUT,
    },
}


class CsvRenderer(BaseRenderer):
    """Accepts text/csv for the list; the view streams the rows itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        raise NotImplementedError


class RoomViewSet(JoinedLookupView, RoomView):
    reads_replica = True
    versioned_actions = frozenset({"update", "partial_update", "destroy"})
    serializer_class = RoomSerializer
    pagination_class = RoomPagination
    query_parameters: ClassVar = {"list": [BOM]}
    merging_actions = frozenset({"update", "partial_update"})
    filterset_class = RoomFilter
    form_shapes = shapes_of(FIELDS.values())

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *([CsvRenderer()] if self.action == "list" else [])]

    @property
    def default_response_headers(self) -> dict[str, str]:
        # REST framework sets Vary only for renderers that all actions have.
        vary = {"Vary": "Accept"} if self.action == "list" else {}
        return {**super().default_response_headers, **vary}

    @extend_schema(**LIST)
    def list(self, request: Request) -> HttpResponseBase:
        """List the project's rooms, newest first; as text/csv all rooms, oldest first."""
        bom = read_boolean(request.query_params, "bom")
        rooms = self._list(request)
        if request.accepted_renderer.format == "csv":
            listed = self.rooms.listed() if rooms is None else rooms
            return in_slot(self.token.project_id, lambda: _csv_response(listed, bom=bom))
        if rooms is None:
            # The paginator has prepared queries for all rooms of a project.
            self.paginator.finder, rooms = self.rooms, Room.objects.none()
        page = self.paginate_queryset(rooms)
        data = [serialize_room(room) for room in page] if rooms.has_sessions else table(page)
        return self.get_paginated_response(data)

    @extend_schema(
        request=NewRoomSerializer,
        responses={200: CHANGED_ROOM},
        examples=[NEW_ROOM, ROOM, DRY_RUN],
    )
    def create(self, request: Request) -> HttpResponse:
        """Create a room."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        change = create_room(
            self.token.project_id, edit(Room()), by=self.author(), dry_run=self.is_dry_run
        )
        # 200, because clients generated from the reference raise an error for 201.
        headers = {} if self.is_dry_run else {"Location": f"{request.path}/{change.room.pk}"}
        return self._response(change, **headers)

    @extend_schema(parameters=[ROOM_ID_OR_NAME], examples=[ROOM])
    def retrieve(self, request: Request, room: str) -> HttpResponseBase:
        """Get a room by its id or name; 304 if it still has the version in If-None-Match."""
        return self.show_room(room)

    @extend_schema(**CHANGE)
    def update(self, request: Request, room: str) -> HttpResponse:
        """Change the settings of a room that the body contains."""
        edit = read_edit(body_of(request), strict=self.is_strict)
        with self.changing(room, edit) as condition:
            change = change_room(
                self.rooms,
                room,
                edit,
                by=self.author(),
                unless_stale=condition,
                if_stale=self._merge(condition, edit),
                dry_run=self.is_dry_run,
            )
        return self._response(change)

    @extend_schema(**CHANGE)
    def partial_update(self, request: Request, room: str) -> HttpResponse:
        """Change a room; the same as PUT."""
        return self.update(request, room)

    @extend_schema(parameters=[ROOM_ID])
    def destroy(self, request: Request, room: str) -> Response:
        """Delete a room. Its past sessions and its history remain."""
        with self.changing(room) as condition:
            delete_room(
                self.rooms,
                room,
                by=self.author(),
                unless_stale=condition,
                dry_run=self.is_dry_run,
            )
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        # An error of the CSV list is JSON, too.
        self.request.accepted_renderer = JsonRenderer()
        self.request.accepted_media_type = JsonRenderer.media_type
        return super().handle_exception(exc)

    def _list(self, request: Request) -> RoomQuerySet | None:
        """Return the rooms that the query names, or None for all; raises ValidationError."""
        if not self.filterset_class.base_filters.keys() & request.query_params.keys():
            return None
        filters = self.filterset_class(request.query_params, self.rooms.all(), request=request)
        return filters.narrowed()

    def _merge(self, condition: Precondition | None, edit: Edit) -> Edit | None:
        base = base_of_merge(condition)
        return merged_edit(base, edit) if base and self.merges else None

    def _response(self, change: Change, **headers: str) -> HttpResponse:
        return room_response(change, dry_run=self.is_dry_run, **headers)


def _csv_response(rooms: RoomQuerySet, *, bom: bool) -> StreamingHttpResponse:
    lines = csv_files.write_csv(rooms, bom=bom)
    headers = {"Content-Disposition": 'attachment; filename="rooms.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
