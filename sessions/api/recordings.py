"""Recordings over HTTP, with links to their films."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.pagination import whole_number
from access.api.parsers import StrictJsonParser
from access.api.views import body_of
from access.http.errors import ApiError
from sessions.api.examples import MEDIA_TTL, RECORDING, RECORDING_ID, SESSION_ID
from sessions.api.filters import RecordingFilter
from sessions.api.recording_serializers import (
    RecordingWithPeopleSerializer,
    RestoredRecordingSerializer,
    RoomRecordingSerializer,
)
from sessions.api.report_bodies import ReportSerializer, read_report
from sessions.api.serializers import SessionEventSerializer, serialize_event
from sessions.api.sessions import SessionView
from sessions.media.compositions import NotComposable
from sessions.media.deletion import (
    FilesRemoved,
    RecordingInProgress,
    delete_recording,
    restore_recording,
)
from sessions.media.film_links import film_link
from sessions.media.recordings import events_of, recordings
from sessions.media.reports import RecordsItself, report_recording
from sessions.models import RECORDING_IDS, Composition, Recording

# Seconds that a link to a film is valid, as in the reference.
MEDIA_SECONDS = 900
RECORDS_ITSELF = "The media server of Greenroom records the session itself."


class RecordingView(SessionView):
    lookup_url_kwarg = "recording"

    @property
    def recordings(self) -> Any:
        return recordings(self.request.auth.project_id)

    def narrowed(self) -> Any:
        """Return the recordings that the query asks for. Raises ValidationError."""
        return RecordingFilter(self.request.query_params, self.recordings).narrowed()

    def found(self, recording: str) -> Recording:
        one = self.recordings.filter(pk=RECORDING_IDS.number_of(recording)).first()
        if one is None:
            raise Http404
        return one

    def serializing(
        self, kind: type[RoomRecordingSerializer] = RoomRecordingSerializer
    ) -> Callable[[Recording], dict[str, Any]]:
        """Return a function that serializes recordings; raise ValidationError for media_ttl."""
        represent: Any = kind(context={"link": self.link_to_films()}).to_representation
        return cast("Callable[[Recording], dict[str, Any]]", represent)

    def link_to_films(self) -> Callable[[Composition], str]:
        """Return a function that returns the address of a film. Raises ValidationError."""
        faults: dict[str, ValidationError] = {}
        seconds = whole_number(
            self.request.query_params, "media_ttl", MEDIA_SECONDS, (1, 2**31 - 1), faults
        )
        if faults:
            raise ValidationError(faults)

        def link(film: Composition) -> str:
            return film.uri or self.request.build_absolute_uri(film_link(film.pk, seconds))

        return link

    @contextmanager
    def changing_recording(self) -> Iterator[None]:
        """Turn the refusals of a change into API errors. A dry run is undone."""
        try:
            with self.rollback_if_dry_run():
                yield
        except Recording.DoesNotExist:
            raise Http404 from None
        except RecordingInProgress:
            raise ApiError(409, "The recording is in progress. End it first.") from None
        except FilesRemoved:
            raise ApiError(409, "The recording was deleted more than 72 hours ago.") from None
        except NotComposable as refused:
            raise ApiError(409, str(refused)) from None
        except RecordsItself:
            raise ApiError(409, RECORDS_ITSELF) from None


class RoomRecordingViewSet(RecordingView):
    serializer_class = RoomRecordingSerializer
    filterset_class = RecordingFilter
    query_parameters: ClassVar = {name: [MEDIA_TTL] for name in ("list", "retrieve", "restore")}

    def list(self, request: Request) -> Response:
        """List the recordings of all sessions, newest first."""
        serialize = self.serializing()
        page = self.paginate_queryset(self.narrowed())
        return self.get_paginated_response([serialize(one) for one in page])

    @extend_schema(
        parameters=[RECORDING_ID],
        responses={200: RecordingWithPeopleSerializer},
        examples=[RECORDING],
    )
    def retrieve(self, request: Request, recording: str) -> Response:
        """Get a recording and the people in it, also after it was deleted."""
        serialize = self.serializing(RecordingWithPeopleSerializer)
        return Response(serialize(self.found(recording)))

    @extend_schema(parameters=[RECORDING_ID])
    def destroy(self, request: Request, recording: str) -> Response:
        """Delete a recording: its links end at once, its films and raw files go after 72 hours.

        Until then it can be restored.
        """
        with self.changing_recording():
            delete_recording(self.found(recording), by=self.author())
        return Response(status=204)

    @extend_schema(
        operation_id="restore_room_recording",
        parameters=[RECORDING_ID],
        request=None,
        responses={200: RestoredRecordingSerializer},
        examples=[RECORDING],
    )
    def restore(self, request: Request, recording: str) -> Response:
        """Restore a deleted recording within 72 hours; if it is not deleted, nothing changes."""
        self.read_options()
        serialize = self.serializing(RecordingWithPeopleSerializer)
        with self.changing_recording():
            restore_recording(self.found(recording), by=self.author())
            body = serialize(self.found(recording))
        return self.answer(body)


class SessionRecordingViewSet(RecordingView):
    parser_classes = [StrictJsonParser]
    serializer_class = RoomRecordingSerializer
    filterset_class = RecordingFilter
    query_parameters: ClassVar = {"list": [MEDIA_TTL], "report": [MEDIA_TTL]}

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the recordings of a session, newest first."""
        return self.page_of(self.narrowed(), session, self.serializing())

    @extend_schema(
        operation_id="report_room_session_recording",
        parameters=[SESSION_ID],
        request=ReportSerializer,
        responses={201: RestoredRecordingSerializer},
        examples=[RECORDING],
    )
    def report(self, request: Request, session: str) -> Response:
        """Report a recording that a gateway made. The same address twice is the same recording."""
        one = self.get_session(session)
        report = read_report(one, body_of(request), strict=self.is_strict)
        serialize = self.serializing(RecordingWithPeopleSerializer)
        with self.changing_recording():
            recording = report_recording(one, report)
            body = serialize(self.recordings.get(pk=recording.pk))
        return self.answer(body, 201)


class RecordingEventViewSet(RecordingView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[RECORDING_ID])
    def list(self, request: Request, recording: str) -> Response:
        """List the events of a recording, newest first."""
        page = self.paginate_queryset(events_of(self.found(recording)))
        return self.get_paginated_response([serialize_event(event) for event in page])
