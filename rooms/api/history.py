"""The history of a room over HTTP, and reverts of its changes."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.pagination import KeysetPagination
from access.api.parsers import StrictJsonParser
from access.api.serializers import ChoiceSerializerField, TimestampSerializerField
from access.http.errors import ApiError, base_url, faults_of
from access.values.faults import fault
from access.values.identifiers import is_uuid
from rooms.api.base import RoomView, room_response
from rooms.api.changes_field import ChangesField
from rooms.api.examples import CHANGE_ID, DRY_RUN, ROOM, ROOM_ID, ROOM_ID_EVER
from rooms.api.schema import CHANGED_ROOM, REVERT
from rooms.changes import change_room
from rooms.changes.reverts import CONFLICT, Revert
from rooms.models.history import Action, AuthorKind, Channel, RoomChange


class AuthorSerializer(serializers.Serializer):
    kind = ChoiceSerializerField(AuthorKind.choices, source="author_kind")
    id = serializers.CharField(source="author_id")
    name = serializers.CharField(source="author_name")


class HistoryEntrySerializer(serializers.ModelSerializer):
    author = AuthorSerializer(
        source="*", help_text="The user, API token or system process that made the change."
    )
    at = TimestampSerializerField()
    door = ChoiceSerializerField(
        Channel.choices, source="channel", help_text="Deprecated: use channel."
    )
    changes = ChangesField()

    class Meta:
        model = RoomChange
        fields = (
            "id",
            "at",
            "room_id",
            "room_name",
            "version",
            "action",
            "changes",
            "author",
            "door",
            "channel",
            "request_id",
            "bulk_id",
        )
        read_only_fields = fields


_change = HistoryEntrySerializer()


class HistoryViewSet(RoomView):
    reads_replica = True
    versioned_actions = frozenset({"revert"})
    serializer_class = HistoryEntrySerializer
    pagination_class = KeysetPagination
    parser_classes = [StrictJsonParser]

    @extend_schema(operation_id="list_room_history", parameters=[ROOM_ID_EVER])
    def list(self, request: Request, room: str) -> Response:
        """List the changes of a room, newest first; also after the room is deleted."""
        page = self.paginate_queryset(self._of(room).order_by("-id"))
        if not page and not self._of(room).exists():
            raise Http404
        return self.get_paginated_response([_change.to_representation(entry) for entry in page])

    @extend_schema(
        operation_id="revert_room_change",
        parameters=[ROOM_ID, CHANGE_ID],
        request={"application/json": REVERT},
        responses={200: CHANGED_ROOM},
        examples=[ROOM, DRY_RUN],
    )
    def revert(self, request: Request, room: str, change: int) -> Response:
        """Revert a change: restore the fields that it changed."""
        entry = self._of(room).filter(pk=change).first()
        if entry is None:
            raise Http404
        override = read_override(self.read_options("override"))
        if entry.action != Action.CHANGED:
            raise ApiError(
                409,
                f"The room was {entry.action} then: only changes can be reverted.",
            )
        edit = Revert([entry], override=override)
        try:
            with self.changing(room) as condition:
                reverted = change_room(
                    self.rooms,
                    room,
                    edit,
                    by=self.author(Channel.REVERT),
                    unless_stale=condition,
                    dry_run=self.is_dry_run,
                )
        except ValidationError as refusal:
            raise self._conflict(refusal) from None
        return room_response(reverted, dry_run=self.is_dry_run)

    def _conflict(self, refusal: ValidationError) -> Exception:
        codes = {error.code for errors in refusal.error_dict.values() for error in errors}
        if codes != {CONFLICT}:
            return refusal
        return ApiError(
            409,
            'Later changes changed the same fields: send {"override": true} to revert them, too.',
            errors=faults_of(refusal, base_url(self.request)),
        )

    def _of(self, room: str) -> Any:
        if not is_uuid(room):
            raise Http404
        return RoomChange.objects.filter(project_id=self.token.project_id, room_id=UUID(room))


def read_override(sent: dict[str, Any]) -> bool:
    """Return `override` of a body, false by default. Raises ValidationError."""
    override = sent.get("override", False)
    if type(override) is not bool:
        error = fault("override", "not_a_boolean", "must be true or false", override)
        raise ValidationError({"override": error})
    return override
