"""Places on the media server for admitted members."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions.lifecycle import leave
from sessions.lifecycle.admission import Admission
from sessions.media.server import MediaServerError, Place, is_managed, media_server
from sessions.models import LeaveReason, MediaRoom, MediaSeat, Member, RoomSession


class NoSeat(Exception):
    """The media server has no place for an admitted member, who is therefore removed."""


def allocate_seat(admission: Admission) -> Place | None:
    """Give a member a place on the media server; return None if Greenroom manages no server.

    Raises NoSeat. A member who joined with this admission is then removed; a member who was
    inside before stays. Must not be called inside a transaction.
    """
    if not is_managed():
        return None
    session, member = admission.session, admission.member
    _expect(session, member)
    try:
        place = media_server().allow(session, member)
    except MediaServerError as error:
        if admission.is_new:
            leave(session.members.all(), member.pk, reason=LeaveReason.NO_PLACE)
        raise NoSeat(str(error)) from error
    if _has_left(member):
        # A worker may have removed the member before allow() added them: let it try again.
        _expect(session, member)
        raise NoSeat("The member left at the same time.")
    return place


@transaction.atomic
def _expect(session: RoomSession, member: Member) -> None:
    """Save the seat before the media server gets it."""
    room, _ = MediaRoom.objects.get_or_create(session=session)
    expected_by = timezone.now() + timedelta(seconds=settings.MEDIA_JOIN_SECONDS)
    MediaSeat.objects.update_or_create(
        member=member, defaults={"room": room, "expected_by": expected_by}
    )


def _has_left(member: Member) -> bool:
    seats = MediaSeat.objects.filter(member=member, member__leave_time=None)
    return not seats.exists()
