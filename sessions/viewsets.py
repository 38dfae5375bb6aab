"""Sessions over HTTP, read-only: people make them by joining."""

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
from sessions.models import RoomSession
from sessions.serializers import RoomSessionSerializer, draw


class RoomSessionViewSet(viewsets.GenericViewSet):
    serializer_class = RoomSessionSerializer
    pagination_class = KeysetPagination
    filterset_class = RoomSessionFilter
    queryset = RoomSession.objects.none()
    lookup_url_kwarg = "session"

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

    @property
    def sessions(self) -> QuerySet[RoomSession]:
        return RoomSession.objects.filter(project=self.request.auth.project_id)
