"""Recordings over HTTP. Their files are on the media server."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.pagination import whole_number
from access.api.serializers import TimestampSerializerField
from access.values.timestamps import format_timestamp
from rooms.api.constant_keys import always_null, no_cost
from sessions.api.examples import MEDIA_TTL, RECORDING, RECORDING_ID, SESSION_ID
from sessions.api.serializers import NumberedIdField, SessionEventSerializer, serialize_event
from sessions.api.sessions import SessionView
from sessions.media.recordings import events_of, recordings
from sessions.models import RECORDING_IDS, SessionEvent

NO_FILE = "the file is on the media server."


class RoomRecordingSerializer(serializers.Serializer):
    """A recording of a session."""

    id = NumberedIdField(RECORDING_IDS)
    room_session_id = serializers.UUIDField(source="session_id")
    status = serializers.SerializerMethodField()
    started_at = TimestampSerializerField(source="at")
    finished_at = TimestampSerializerField(allow_null=True, help_text="Null during the recording.")
    duration = serializers.SerializerMethodField(help_text="Seconds; null during the recording.")
    size_in_bytes = always_null("integer", NO_FILE)
    format = always_null("string", NO_FILE)
    uri = always_null("string", NO_FILE)
    cost_in_dollars = no_cost()
    created_at = TimestampSerializerField(source="at", help_text="The same as started_at.")
    updated_at = serializers.SerializerMethodField(
        help_text="The same as finished_at, or as started_at during the recording."
    )

    @extend_schema_field({"type": "string", "enum": ["recording", "completed"]})
    def get_status(self, recording: SessionEvent) -> str:
        return "recording" if recording.finished_at is None else "completed"

    def get_duration(self, recording: SessionEvent) -> int | None:
        finished = recording.finished_at
        return finished and int((finished - recording.at).total_seconds())

    @extend_schema_field(TimestampSerializerField)
    def get_updated_at(self, recording: SessionEvent) -> str:
        return format_timestamp(recording.finished_at or recording.at)


serialize_recording = RoomRecordingSerializer().to_representation


class RecordingView(SessionView):
    lookup_url_kwarg = "recording"

    @property
    def recordings(self) -> Any:
        return recordings(self.request.auth.project_id)

    def found(self, recording: str) -> SessionEvent:
        one = self.recordings.filter(pk=RECORDING_IDS.number_of(recording)).first()
        if one is None:
            raise Http404
        return one

    def validate_media_ttl(self) -> None:
        """Raise ValidationError for an invalid media_ttl, which no response needs without files."""
        faults: dict[str, ValidationError] = {}
        whole_number(self.request.query_params, "media_ttl", 900, (1, 2**31 - 1), faults)
        if faults:
            raise ValidationError(faults)


class RoomRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer
    query_parameters: ClassVar = {"list": [MEDIA_TTL], "retrieve": [MEDIA_TTL]}

    def list(self, request: Request) -> Response:
        """List the recordings of all sessions, newest first."""
        self.validate_media_ttl()
        page = self.paginate_queryset(self.recordings)
        return self.get_paginated_response([serialize_recording(one) for one in page])

    @extend_schema(parameters=[RECORDING_ID], examples=[RECORDING])
    def retrieve(self, request: Request, recording: str) -> Response:
        """Get a recording."""
        self.validate_media_ttl()
        return Response(serialize_recording(self.found(recording)))


class SessionRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer
    query_parameters: ClassVar = {"list": [MEDIA_TTL]}

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the recordings of a session, newest first."""
        self.validate_media_ttl()
        return self.page_of(self.recordings, session, serialize_recording)


class RecordingEventViewSet(RecordingView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[RECORDING_ID])
    def list(self, request: Request, recording: str) -> Response:
        """List the events of a recording, newest first."""
        page = self.paginate_queryset(events_of(self.found(recording)))
        return self.get_paginated_response([serialize_event(event) for event in page])
