"""Sessions over HTTP, with their members and events. A session begins with its first member."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.pagination import KeysetPagination
from access.api.scopes import SESSIONS
from access.api.views import body_of
from access.http.errors import ApiError
from access.http.preconditions import etag
from access.values.identifiers import is_uuid
from rooms.api.base import RoomView
from rooms.api.serializers import RoomSessionSerializer
from sessions import lifecycle
from sessions.api.bodies import SessionChangeSerializer, read_settings
from sessions.api.examples import SESSION, SESSION_CHANGE, SESSION_DRY_RUN, SESSION_ID
from sessions.api.filters import RoomSessionFilter
from sessions.api.serializers import (
    ChangedRoomSessionSerializer,
    ListedRoomSessionSerializer,
    SessionEventSerializer,
    serialize_applied,
    serialize_event,
    serialize_listed_session,
    serialize_session,
)
from sessions.lifecycle.live_settings import AppliedSettings, Removal, SessionEnded, apply_settings
from sessions.models import Member, RoomSession, SessionEvent


class SessionView(RoomView):
    """A view of the project's sessions."""

    scopes = SESSIONS
    reads_replica = True
    pagination_class = KeysetPagination
    queryset = RoomSession.objects.none()
    lookup_url_kwarg = "session"

    @property
    def sessions(self) -> QuerySet[RoomSession]:
        return RoomSession.objects.filter(project=self.token.project_id).with_last_event()

    def get_session(self, session: str) -> RoomSession:
        """Return the project's session with this id. Raises Http404."""
        one = self.sessions.filter(pk=session).first() if is_uuid(session) else None
        if one is None:
            raise Http404
        return one

    def page_of(self, rows: QuerySet[Any], session: str, serialize: Callable) -> Response:
        """Return a page of the rows that belong to a session of the project."""
        if not is_uuid(session):
            raise Http404
        mine = rows.filter(session=session, session__project=self.token.project_id)
        page = self.paginate_queryset(mine)
        if not page and not self.sessions.filter(pk=session).exists():
            raise Http404
        return self.get_paginated_response([serialize(row) for row in page])


class RoomSessionViewSet(SessionView):
    serializer_class = RoomSessionSerializer
    versioned_actions = frozenset({"partial_update", "end"})
    filterset_class = RoomSessionFilter

    @extend_schema(responses=ListedRoomSessionSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List the project's sessions, newest first."""
        sessions = self.filterset_class(request.query_params, self.sessions, request=request)
        page = self.paginate_queryset(sessions.narrowed())
        return self.get_paginated_response([serialize_listed_session(one) for one in page])

    @extend_schema(parameters=[SESSION_ID], examples=[SESSION])
    def retrieve(self, request: Request, session: str) -> HttpResponseBase:
        """Get a session; 304 if it has ended and has the version in If-None-Match."""
        found = self.get_session(session)
        # Members move the updated_at of a session in progress, and not its version.
        return self.show(found, serialize_session, always=found.end_time is None)

    @extend_schema(
        parameters=[SESSION_ID],
        request=SessionChangeSerializer,
        responses={200: ChangedRoomSessionSerializer},
        examples=[SESSION_CHANGE, SESSION, SESSION_DRY_RUN],
    )
    def partial_update(self, request: Request, session: str) -> Response:
        """Change the settings of a session in progress, for the members inside."""
        found = self.get_session(session)
        current = serialize_listed_session(found)
        values = read_settings(body_of(request), current, strict=self.is_strict)
        try:
            applied = apply_settings(
                self.sessions,
                session,
                values,
                by=self.author(),
                check=self.check_session,
                dry_run=self.is_dry_run,
            )
        except SessionEnded:
            raise ApiError(409, "The session has ended: its settings cannot change.") from None
        return self._answer(applied)

    @extend_schema(
        operation_id="end_room_session",
        parameters=[SESSION_ID],
        request=None,
        responses={200: ChangedRoomSessionSerializer},
        examples=[SESSION],
    )
    def end(self, request: Request, session: str) -> Response:
        """End a session and remove its members; an ended session keeps its end time."""
        self.read_options()
        if not is_uuid(session):
            raise Http404
        try:
            with self.rollback_if_dry_run():
                leaving = _leaving(session) if self.is_dry_run else []
                ended = lifecycle.end(self.sessions, session, check=self.check_session)
        except RoomSession.DoesNotExist:
            raise Http404 from None
        return self._answer(AppliedSettings(ended, removals=leaving))

    def _answer(self, applied: AppliedSettings) -> Response:
        body = serialize_session(applied.session)
        if self.is_dry_run:
            body["dry_run"] = serialize_applied(applied)
        return Response(body, headers={"ETag": etag(applied.session)})

    def check_session(self, session: RoomSession) -> None:
        """Raise the 412 unless the locked session meets the condition of the request."""
        self.check_condition(session, "session")


class SessionEventViewSet(SessionView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the events of a session, newest first."""
        return self.page_of(
            SessionEvent.objects.select_related("session"), session, serialize_event
        )


def _leaving(session: str) -> list[Removal]:
    now = timezone.now()
    inside = Member.objects.filter(session=session, leave_time=None).order_by("pk")
    return [Removal(member, member.leave_by, now) for member in inside]
