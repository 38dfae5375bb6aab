"""Admissions over HTTP: a gateway admits a member, or a client asks whether one could join."""

import logging
import math
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.scopes import SESSIONS
from access.api.views import body_of
from access.http.errors import SECONDS_UNTIL_RETRY, ApiError
from access.values.faults import fault
from access.values.timestamps import parse_timestamp
from rooms.api.base import RoomView
from rooms.api.examples import ROOM_ID_OR_NAME
from rooms.models.forecast import forecast
from rooms.rules.fields import TimestampField
from rooms.rules.join_policy import Decision, TokenReason
from sessions.api.admission_serializers import (
    AdmissionResponseSerializer,
    RoomAdmissionSerializer,
    serialize_admission,
    serialize_room_admission,
)
from sessions.api.bodies import AdmissionSerializer, read_admission
from sessions.api.examples import AT, NEW_ADMISSION
from sessions.api.serializers import serialize_time
from sessions.lifecycle import (
    Admission,
    AdmissionRefused,
    MemberIdTaken,
    admit,
    record_refusal,
)
from sessions.media.seats import NoSeat, allocate_seat
from sessions.media.server import Place, is_managed
from sessions.models import Member
from sessions.tokens.room_tokens import Claims, read_token
from sessions.tokens.signatures import BadToken

log = logging.getLogger(__name__)


class AdmissionViewSet(RoomView):
    scopes = SESSIONS
    serializer_class = AdmissionSerializer
    secret_actions = frozenset({"create"})
    _admission: Admission | None = None
    _refused: tuple[Claims, str] | None = None

    @extend_schema(
        operation_id="admit_member",
        request=AdmissionSerializer,
        responses={200: AdmissionResponseSerializer},
        examples=[NEW_ADMISSION],
    )
    def create(self, request: Request) -> Response:
        """Admit the bearer of a room token, or refuse with a reason.

        A member who is inside already is not counted again, so the request can be retried.
        """
        token, member_id = read_admission(body_of(request), strict=self.is_strict)
        try:
            project = self.token.project
            claims = read_token(token, project.pk, longest=project.longest_room_token)
        except BadToken as wrong:
            if wrong.claims:
                self._refused = (wrong.claims, TokenReason.BAD_TOKEN)
            raise refusal(403, str(wrong), TokenReason.BAD_TOKEN) from None
        with self.rollback_if_dry_run():
            self._admission = self._admitted(claims, member_id)
        return self.answer(serialize_admission(_row(self._admission, claims)))

    def reveal(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Add the seat of the member, who must still be inside if the request is repeated."""
        if self.is_dry_run or not is_managed():
            return answer
        admission = self._admission or _admission_of(answer["member"]["id"])
        return {**answer, "media": seat_for(admission) if admission else None}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        # Here the transaction of a call with an Idempotency-Key is over.
        if self._refused and not self.is_dry_run:
            record_refusal(*self._refused)
        return super().finalize_response(request, response, *args, **kwargs)

    def _admitted(self, claims: Claims, member_id: str | None) -> Admission:
        stay = UUID(member_id) if member_id else None
        try:
            return admit(claims, by=self.author(), member_id=stay)
        except AdmissionRefused as refused:
            self._refused = (claims, refused.decision.reason)
            raise refusal_of(refused.decision) from None
        except MemberIdTaken:
            detail = "This member_id belongs to a stay that is over, or to another room token's."
            raise ApiError(409, detail) from None


def _admission_of(member_id: str) -> Admission | None:
    """Return the admission of a member who is inside, or None."""
    inside = Member.objects.select_related("session").filter(pk=member_id, leave_time=None)
    member = inside.first()
    return member and Admission(member, member.session, is_new=False)


def _row(admission: Admission, claims: Claims) -> SimpleNamespace:
    sync = claims.sync_audio_video
    sync = admission.session.audio_video_sync if sync is None else sync
    return SimpleNamespace(**vars(admission), claims=claims, media=None, sync_audio_video=sync)


class RoomAdmissionViewSet(RoomView):
    query_parameters: ClassVar = {"retrieve": [AT]}

    @extend_schema(
        operation_id="get_room_admission",
        parameters=[ROOM_ID_OR_NAME],
        responses={200: RoomAdmissionSerializer},
    )
    def retrieve(self, request: Request, room: str) -> Response:
        """Return whether another member could join a room, now or at another time.

        Times in a room token override the room's.
        """
        at = read_time(request.query_params, "at") or timezone.now()
        decision = forecast(self.get_room(room), at)
        return Response(
            serialize_room_admission({**vars(decision), "sentence": decision.sentence, "at": at})
        )


def seat_for(admission: Admission) -> Place | None:
    """Return the member's seat on the media server, or refuse with 503 and end the stay."""
    try:
        return allocate_seat(admission)
    except NoSeat as reason:
        log.warning("Member %s got no seat: %s", admission.member.pk, reason)
        detail = "The media server has no seat now. Retry the request."
        raise ApiError(503, detail, {"Retry-After": str(SECONDS_UNTIL_RETRY)}) from None


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
    """Return a refusal with a reason for programs, a sentence, and the time of the next try."""
    return ApiError(status, sentence, headers, reason=reason, retry_at=retry_at)


def read_time(query: Any, name: str) -> datetime | None:
    """Return the time of a query parameter, or None. Raises ValidationError."""
    text = query.get(name)
    try:
        return None if text is None else parse_timestamp(text)
    except ValueError:
        error = fault(name, "not_a_datetime", TimestampField.requirement, text)
        raise ValidationError({name: error}) from None
