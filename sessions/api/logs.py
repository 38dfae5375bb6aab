"""Log entries over HTTP: each session as the reference's log describes it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.serializers import ChoiceSerializerField, RowSerializer, TimestampSerializerField
from access.http.errors import base_url
from sessions.api.examples import LOG, LOG_ID
from sessions.api.filters import LogFilter
from sessions.api.sessions import SessionView
from sessions.models import RoomSession, SessionStatus


@dataclass(frozen=True)
class LogEntry:
    """A session as a log entry; Greenroom has no costs."""

    session: RoomSession
    url: str
    source: ClassVar[str] = "realtime_api"
    type: ClassVar[str] = "video_room_session"
    locked: ClassVar[bool] = False
    charge: ClassVar[float] = 0.0
    charge_details: ClassVar[tuple[Any, ...]] = ()


class ChargeSerializer(serializers.Serializer):
    description = serializers.CharField()
    charge = serializers.FloatField()


class LogSerializer(serializers.Serializer):
    """A session as a log entry."""

    id = serializers.UUIDField(source="session.id", help_text="The id of the session.")
    source = ChoiceSerializerField([(LogEntry.source, LogEntry.source)])
    type = ChoiceSerializerField([(LogEntry.type, LogEntry.type)])
    url = serializers.URLField(help_text="The address of the session.")
    room_name = serializers.CharField(source="session.name")
    status = ChoiceSerializerField(SessionStatus.choices, source="session.status")
    locked = serializers.BooleanField(help_text="Always false.")
    started_at = TimestampSerializerField(source="session.start_time")
    ended_at = TimestampSerializerField(
        source="session.end_time", allow_null=True, help_text="Null while the session runs."
    )
    charge = serializers.FloatField(help_text="Always 0.0.")
    created_at = TimestampSerializerField(source="session.start_time")
    charge_details = ChargeSerializer(many=True, help_text="Always empty.")


SESSIONS_PATH = "/api/video/room_sessions"

serialize_log = RowSerializer(LogSerializer())


class LogViewSet(SessionView):
    serializer_class = LogSerializer
    filterset_class = LogFilter
    lookup_url_kwarg = "log"

    def list(self, request: Request) -> Response:
        """List the project's sessions as log entries, newest first."""
        sessions = self.filterset_class(request.query_params, self.sessions, request=request)
        page = self.paginate_queryset(sessions.narrowed())
        return self.get_paginated_response([_entry(session, request) for session in page])

    @extend_schema(parameters=[LOG_ID], examples=[LOG])
    def retrieve(self, request: Request, log: str) -> Response:
        """Get the log entry of a session."""
        return Response(_entry(self.get_session(log), request))


def _entry(session: RoomSession, request: Request) -> dict[str, Any]:
    return serialize_log(LogEntry(session, f"{base_url(request)}{SESSIONS_PATH}/{session.pk}"))
