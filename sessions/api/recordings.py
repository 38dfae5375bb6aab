"""Recordings over HTTP. Their files are on the media server."""

import re
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.serializers import TimestampSerializerField
from sessions.api.examples import RECORDING, RECORDING_ID, SESSION_ID
from sessions.api.serializers import SessionEventSerializer, serialize_event
from sessions.api.sessions import SessionView
from sessions.media.recordings import events_of, recordings
from sessions.models import SessionEvent


class RoomRecordingSerializer(serializers.Serializer):
    """A recording of a session."""

    id = serializers.CharField()
    room_session_id = serializers.UUIDField(source="session_id")
    status = serializers.SerializerMethodField()
    started_at = TimestampSerializerField(source="at")
    finished_at = TimestampSerializerField(allow_null=True, help_text="Null during the recording.")
    duration = serializers.SerializerMethodField(help_text="Seconds; null during the recording.")

    @extend_schema_field({"type": "string", "enum": ["recording", "completed"]})
    def get_status(self, recording: SessionEvent) -> str:
        return "recording" if recording.finished_at is None else "completed"

    def get_duration(self, recording: SessionEvent) -> int | None:
        finished = recording.finished_at
        return finished and int((finished - recording.at).total_seconds())


serialize_recording = RoomRecordingSerializer().to_representation


class RecordingView(SessionView):
    lookup_url_kwarg = "recording"

    @property
    def recordings(self) -> Any:
        return recordings(self.request.auth.project_id)

    def found(self, recording: str) -> SessionEvent:
        # At most 18 digits, which PostgreSQL's bigint can hold.
        if not re.fullmatch(r"[1-9][0-9]{0,17}", recording):
            raise Http404
        one = self.recordings.filter(pk=recording).first()
        if one is None:
            raise Http404
        return one


class RoomRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer

    def list(self, request: Request) -> Response:
        """List the recordings of all sessions, newest first."""
        page = self.paginate_queryset(self.recordings)
        return self.get_paginated_response([serialize_recording(one) for one in page])

    @extend_schema(parameters=[RECORDING_ID], examples=[RECORDING])
    def retrieve(self, request: Request, recording: str) -> Response:
        """Get a recording."""
        return Response(serialize_recording(self.found(recording)))


class SessionRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the recordings of a session, newest first."""
        return self.page_of(self.recordings, session, serialize_recording)


class RecordingEventViewSet(RecordingView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[RECORDING_ID])
    def list(self, request: Request, recording: str) -> Response:
        """List the events of a recording, newest first."""
        page = self.paginate_queryset(events_of(self.found(recording)))
        return self.get_paginated_response([serialize_event(event) for event in page])
