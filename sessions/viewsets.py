"""Sessions over HTTP, with their members and events: people make them by joining."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from access.identifiers import is_uuid
from rooms.api_examples import SESSION, SESSION_ID
from rooms.pagination import KeysetPagination
from sessions.filters import RoomSessionFilter
from sessions.models import Member, RoomSession, SessionEvent
from sessions.serializers import (
    MemberSerializer,
    RoomSessionSerializer,
    SessionEventSerializer,
    draw,
    draw_event,
    draw_member,
)


class SessionView(viewsets.GenericViewSet):
    """What every view of a project's sessions shares: whose sessions."""

    pagination_class = KeysetPagination
    queryset = RoomSession.objects.none()
    lookup_url_kwarg = "session"

    @property
    def sessions(self) -> QuerySet[RoomSession]:
        return RoomSession.objects.filter(project=self.request.auth.project_id)

    def page_of(self, rows: QuerySet[Any], session: str, draw_one: Callable) -> Response:
        """Return a page of what belongs to a session of this project."""
        if not is_uuid(session):
            raise Http404
        mine = rows.filter(session=session, session__project=self.request.auth.project_id)
        page = self.paginate_queryset(mine)
        if not page and not self.sessions.filter(pk=session).exists():
            raise Http404
        return self.get_paginated_response([draw_one(row) for row in page])


class RoomSessionViewSet(SessionView):
    serializer_class = RoomSessionSerializer
    filterset_class = RoomSessionFilter

    def list(self, request: Request) -> Response:
        """List the project's sessions, newest first."""
        sessions = self.filterset_class(request.query_params, self.sessions, request=request)
        page = self.paginate_queryset(sessions.narrowed())
        return self.get_paginated_response([draw(session) for session in page])

    @extend_schema(parameters=[SESSION_ID], examples=[SESSION])
    def retrieve(self, request: Request, session: str) -> Response:
        """Get a session."""
        if not is_uuid(session):
            raise Http404
        found = self.sessions.filter(pk=session).first()
        if found is None:
            raise Http404
        return Response(draw(found))


class MemberViewSet(SessionView):
    serializer_class = MemberSerializer

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List who is and was in a session, those who joined last first."""
        return self.page_of(Member.objects.all(), session, draw_member)


class SessionEventViewSet(SessionView):
    serializer_class = SessionEventSerializer

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List what happened in a session, newest first."""
        return self.page_of(SessionEvent.objects.select_related("session"), session, draw_event)
