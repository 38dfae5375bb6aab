"""The members of a session over HTTP, and their removal."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.values.faults import fault
from access.values.identifiers import is_uuid
from sessions.api.examples import LEAVE_REASON, MEMBER_ID, SESSION_ID
from sessions.api.serializers import MemberSerializer, serialize_member
from sessions.api.sessions import SessionView
from sessions.lifecycle import leave
from sessions.models import LeaveReason, Member

# The server sets the other reasons.
CLIENT_REASONS = (LeaveReason.LEFT.value, LeaveReason.REMOVED.value)


class MemberViewSet(SessionView):
    serializer_class = MemberSerializer
    query_parameters: ClassVar = {"destroy": [LEAVE_REASON]}

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the present and former members of a session, newest first."""
        return self.page_of(Member.objects.all(), session, serialize_member)

    @extend_schema(parameters=[SESSION_ID, MEMBER_ID])
    def destroy(self, request: Request, session: str, member: str) -> Response:
        """Remove a member from a session; a former member keeps their leave time and reason."""
        reason = read_reason(request.query_params.get("reason", LeaveReason.LEFT.value))
        if not (is_uuid(session) and is_uuid(member)):
            raise Http404
        members = Member.objects.filter(session=session, session__project=self.token.project_id)
        try:
            with self.rollback_if_dry_run():
                leave(members, member, reason=reason)
        except Member.DoesNotExist:
            raise Http404 from None
        return Response(status=204)


def read_reason(text: str) -> LeaveReason:
    if text not in CLIENT_REASONS:
        rule = f"must be one of {', '.join(CLIENT_REASONS)}"
        raise ValidationError({"reason": fault("reason", "invalid_parameter", rule, text)})
    return LeaveReason(text)
