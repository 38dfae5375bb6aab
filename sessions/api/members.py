"""The members of a session over HTTP, and their removal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.filters import read_boolean
from access.api.serializers import DryRunField, ResponseSerializer
from access.values.faults import fault
from access.values.identifiers import is_uuid
from sessions.api.examples import BLOCK, LEAVE_REASON, MEMBER_ID, SESSION_ID
from sessions.api.serializers import MemberSerializer, serialize_member
from sessions.api.sessions import SessionView
from sessions.lifecycle import leave, unblock
from sessions.models import LeaveReason, Member

# The server sets the other reasons.
CLIENT_REASONS = (LeaveReason.LEFT.value, LeaveReason.REMOVED.value)


class UnblockedMemberSerializer(ResponseSerializer, MemberSerializer):
    dry_run = DryRunField()

    class Meta(MemberSerializer.Meta):
        fields = (*MemberSerializer.Meta.fields, "dry_run")


class MemberViewSet(SessionView):
    serializer_class = MemberSerializer
    query_parameters: ClassVar = {"destroy": [LEAVE_REASON, BLOCK]}

    @extend_schema(parameters=[SESSION_ID])
    def list(self, request: Request, session: str) -> Response:
        """List the present and former members of a session, newest first."""
        return self.page_of(Member.objects.all(), session, serialize_member)

    @extend_schema(parameters=[SESSION_ID, MEMBER_ID])
    def destroy(self, request: Request, session: str, member: str) -> Response:
        """Remove a member from a session; a former member keeps their leave time and reason.

        The parameter `block=true` ends the member's room token: it admits no one from then on.
        """
        reason, block = read_removal(request.query_params)
        with self.of_member(session, member) as members:
            leave(members, member, reason=reason, block=block)
        return Response(status=204)

    @extend_schema(
        operation_id="unblock_room_session_member",
        parameters=[SESSION_ID, MEMBER_ID],
        request=None,
        responses={200: UnblockedMemberSerializer},
    )
    def unblock(self, request: Request, session: str, member: str) -> Response:
        """Lift the block of a member's room token; without a block, nothing changes."""
        self.read_options()
        with self.of_member(session, member) as members:
            body = serialize_member(unblock(members, member))
        return self.answer(body)

    @contextmanager
    def of_member(self, session: str, member: str) -> Iterator[QuerySet[Member]]:
        """Yield the members of a session of the project. Raises Http404; a dry run is undone."""
        if not (is_uuid(session) and is_uuid(member)):
            raise Http404
        try:
            with self.rollback_if_dry_run():
                yield Member.objects.filter(session=session, session__project=self.token.project_id)
        except Member.DoesNotExist:
            raise Http404 from None


def read_removal(query: Any) -> tuple[LeaveReason, bool]:
    """Return the reason of a removal, and whether to block. Raises ValidationError."""
    block = read_boolean(query, "block")
    usual = LeaveReason.REMOVED if block else LeaveReason.LEFT
    return read_reason(query.get("reason", usual.value)), block


def read_reason(text: str) -> LeaveReason:
    if text not in CLIENT_REASONS:
        rule = f"must be one of {', '.join(CLIENT_REASONS)}"
        raise ValidationError({"reason": fault("reason", "invalid_parameter", rule, text)})
    return LeaveReason(text)
