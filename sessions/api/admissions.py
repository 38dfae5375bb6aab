"""Who is let in, asked over HTTP: by a gateway for one person, or by people for a room."""

import logging
import math
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.views import body_of
from access.http.errors import SECONDS_UNTIL_RETRY, ApiError
from access.values.faults import fault
from access.values.timestamps import parse_timestamp
from rooms.api.base import RoomView
from rooms.api.examples import ROOM_ID_OR_NAME
from rooms.rules.fields import TimestampField
from rooms.rules.join_policy import Decision
from sessions.api.bodies import AdmissionSerializer, read_admission
from sessions.api.examples import AT, NEW_ADMISSION
from sessions.api.schema import ADMITTED, OUTLOOK
from sessions.api.serializers import serialize_member, serialize_session, serialize_time
from sessions.lifecycle import (
    Admission,
    AdmissionRefused,
    MemberIdTaken,
    NoSuchRoom,
    admit,
    forecast,
)
from sessions.media.seats import NoSeat, allocate_seat
from sessions.media.server import Place
from sessions.tokens.room_tokens import BadToken, Claims, read_token

log = logging.getLogger(__name__)


class AdmissionViewSet(RoomView):
    serializer_class = AdmissionSerializer

    @extend_schema(
        operation_id="admit_member",
        request=AdmissionSerializer,
        responses={200: ADMITTED},
        examples=[NEW_ADMISSION],
    )
    def create(self, request: Request) -> Response:
        """Let the bearer of a room token in, and say until when; or say why not, and when to ask.

        Who is inside already stays, so the call may be sent again.
        """
        token, member_id = read_admission(body_of(request), strict=self.is_strict)
        try:
            claims = read_token(token, self.token.project_id)
        except BadToken as wrong:
            raise refusal(403, str(wrong), "bad_token") from None
        with self.rollback_if_dry_run():
            admission = self._admitted(claims, member_id)
        drawn = draw_admission(admission, claims)
        drawn["media"] = None if self.is_dry_run else place_for(admission)
        if self.is_dry_run:
            drawn["dry_run"] = True
        return Response(drawn, headers=self.applied_of("handling=strict", "dry-run"))

    def _admitted(self, claims: Claims, member_id: str | None) -> Admission:
        stay = UUID(member_id) if member_id else None
        try:
            return admit(claims, by=self.author(), member_id=stay)
        except AdmissionRefused as refused:
            raise refusal_of(refused.decision) from None
        except NoSuchRoom:
            detail = f"There is no room {claims.room_name}, and the room token makes none."
            raise refusal(403, detail, "no_such_room") from None
        except MemberIdTaken:
            detail = "This member_id names another stay: one that is over, or of another token."
            raise ApiError(409, detail) from None


class OutlookViewSet(RoomView):
    @extend_schema(
        operation_id="get_room_admission",
        parameters=[ROOM_ID_OR_NAME, AT],
        responses={200: OUTLOOK},
    )
    def retrieve(self, request: Request, room: str) -> Response:
        """Say whether one more could join a room, now or at another moment; if not, why and when.

        Of somebody whose room token requirement other times than the room, those count instead.
        """
        at = read_moment(request.query_params, "at") or timezone.now()
        decision = forecast(self.get_room(room), at)
        return Response({**draw_decision(decision), "at": serialize_time(at)})


def draw_admission(admission: Admission, claims: Claims) -> dict[str, Any]:
    """Return all that a gateway has to know of who was let in."""
    return {
        "member": serialize_member(admission.member),
        "session": serialize_session(admission.session),
        "leave_by": serialize_time(admission.member.leave_by),
        "join_as": claims.join_as,
        "media_allowed": claims.media_allowed,
        "permissions": list(claims.permissions),
        "meta": claims.meta,
    }


def place_for(admission: Admission) -> Place | None:
    """Return where the media server lets them in; who gets no place is out again, and may retry."""
    try:
        return allocate_seat(admission)
    except NoSeat as reason:
        log.warning("Member %s got no place: %s", admission.member.pk, reason)
        detail = "The media server does not let anybody in right now. Send the call again."
        raise ApiError(503, detail, {"Retry-After": str(SECONDS_UNTIL_RETRY)}) from None


def draw_decision(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "reason": decision.reason.value,
        "sentence": decision.sentence,
        "changes_at": serialize_time(decision.changes_at),
    }


def refusal_of(decision: Decision) -> ApiError:
    again = decision.changes_at
    headers = {}
    if again is not None:
        seconds = (again - timezone.now()).total_seconds()
        headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return refusal(403, decision.sentence, decision.reason.value, serialize_time(again), headers)


def refusal(
    status: int,
    sentence: str,
    reason: str,
    retry_at: str | None = None,
    headers: dict[str, str] | None = None,
) -> ApiError:
    """Return the answer to who is not let in: why, in a word and in a sentence, and until when."""
    return ApiError(status, sentence, headers, reason=reason, retry_at=retry_at)


def read_moment(query: Any, name: str) -> datetime | None:
    """Return the moment that a query names, None where it names none; raises ValidationError."""
    text = query.get(name)
    try:
        return None if text is None else parse_timestamp(text)
    except ValueError:
        error = fault(name, "not_a_datetime", TimestampField.requirement, text)
        raise ValidationError({name: error}) from None
