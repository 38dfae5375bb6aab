"""Recordings over HTTP, with links to their films."""

from collections.abc import Callable
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
from rooms.api.constant_keys import no_cost
from sessions.api.examples import MEDIA_TTL, RECORDING, RECORDING_ID, SESSION_ID
from sessions.api.serializers import NumberedIdField, SessionEventSerializer, serialize_event
from sessions.api.sessions import SessionView
from sessions.media.film_links import film_link
from sessions.media.recordings import FORMAT, events_of, film_shown, recordings
from sessions.models import RECORDING_IDS, Composition, Recording, RecordingState

# Seconds that a link to a film is valid, as in the reference.
MEDIA_SECONDS = 900


class RoomRecordingSerializer(serializers.Serializer):
    """A recording of a session. `link` in the context returns the address of a film."""

    id = NumberedIdField(RECORDING_IDS)
    room_session_id = serializers.UUIDField(source="session_id")
    status = serializers.SerializerMethodField()
    started_at = TimestampSerializerField()
    finished_at = TimestampSerializerField(allow_null=True, help_text="Null during the recording.")
    duration = serializers.SerializerMethodField(help_text="Seconds; null during the recording.")
    size_in_bytes = serializers.SerializerMethodField(help_text="Null without a film.")
    format = serializers.SerializerMethodField(help_text="Null without a film.")
    uri = serializers.SerializerMethodField(
        help_text="Address of the film for media_ttl seconds; null without a film."
    )
    cost_in_dollars = no_cost()
    created_at = TimestampSerializerField(source="started_at", help_text="The same as started_at.")
    updated_at = serializers.SerializerMethodField(
        help_text="The time of the last film, of the end or of the start."
    )
    state = serializers.ChoiceField(
        choices=RecordingState, help_text="`raw`: no mixer composes; the media server has files."
    )

    @extend_schema_field({"type": "string", "enum": ["recording", "completed"]})
    def get_status(self, recording: Recording) -> str:
        return "recording" if recording.finished_at is None else "completed"

    def get_duration(self, recording: Recording) -> int | None:
        film = film_shown(recording)
        if film and film.seconds is not None:
            return round(film.seconds)
        finished = recording.finished_at
        return finished and int((finished - recording.started_at).total_seconds())

    def get_size_in_bytes(self, recording: Recording) -> int | None:
        film = film_shown(recording)
        return film and film.size_in_bytes

    @extend_schema_field({"type": ["string", "null"], "enum": [FORMAT, None]})
    def get_format(self, recording: Recording) -> str | None:
        return FORMAT if film_shown(recording) else None

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_uri(self, recording: Recording) -> str | None:
        film = film_shown(recording)
        return self.context["link"](film) if film else None

    @extend_schema_field(TimestampSerializerField)
    def get_updated_at(self, recording: Recording) -> str:
        film = film_shown(recording)
        times = (film and film.finished_at, recording.finished_at, recording.started_at)
        return format_timestamp(next(time for time in times if time))


class RecordingView(SessionView):
    lookup_url_kwarg = "recording"

    @property
    def recordings(self) -> Any:
        return recordings(self.request.auth.project_id)

    def found(self, recording: str) -> Recording:
        one = self.recordings.filter(pk=RECORDING_IDS.number_of(recording)).first()
        if one is None:
            raise Http404
        return one

    def serializing(self) -> Callable[[Recording], dict[str, Any]]:
        """Return a function that serializes recordings; raise ValidationError for media_ttl."""
        faults: dict[str, ValidationError] = {}
        seconds = whole_number(
            self.request.query_params, "media_ttl", MEDIA_SECONDS, (1, 2**31 - 1), faults
        )
        if faults:
            raise ValidationError(faults)

        def link(film: Composition) -> str:
            return self.request.build_absolute_uri(film_link(film.pk, seconds))

        return RoomRecordingSerializer(context={"link": link}).to_representation


class RoomRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer
    query_parameters: ClassVar = {"list": [MEDIA_TTL], "retrieve": [MEDIA_TTL]}

    def list(self, request: Request) -> Response:
        """List the recordings of all sessions, newest first."""
        serialize = self.serializing()
        page = self.paginate_queryset(self.recordings)
        return self.get_paginated_response([serialize(one) for one in page])

    @extend_schema(parameters=[RECORDING_ID], examples=[RECORDING])
    def retrieve(self, request: Request, recording: str) -> Response:
        """Get a recording."""
        serialize = self.serializing()
        return Response(serialize(self.found(recording)))


class SessionRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer
    query_parameters: ClassVar = {"list": [MEDIA_TTL]}

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the recordings of a session, newest first."""
        return self.page_of(self.recordings, session, self.serializing())


class RecordingEventViewSet(RecordingView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[RECORDING_ID])
    def list(self, request: Request, recording: str) -> Response:
        """List the events of a recording, newest first."""
        page = self.paginate_queryset(events_of(self.found(recording)))
        return self.get_paginated_response([serialize_event(event) for event in page])
