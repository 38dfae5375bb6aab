"""A place on the media server for who was admitted, and the word that a room needs a look."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sessions.lifecycle import leave
from sessions.lifecycle.admission import Admission
from sessions.media.server import MediaServerError, Place, is_managed, media_server
from sessions.models import LeaveReason, MediaRoom, MediaSeat, Member, RoomSession


class NoSeat(Exception):
    """The media server has no place for somebody who was admitted; they are out again."""


def allocate_seat(admission: Admission) -> Place | None:
    """Let a member into the media server; None when there is none that needs to be told.

    Raises NoSeat; then who was let in by this admission is out again, and who was inside before
    is not. Not to be called inside of a transaction.
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
    if _was_taken_out(member):
        # The media server may have forgotten them before it heard of them: once more, then.
        _expect(session, member)
        raise NoSeat("The member left at the same moment.")
    return place


@transaction.atomic
def _expect(session: RoomSession, member: Member) -> None:
    """Note what the media server is about to hear."""
    room, _ = MediaRoom.objects.get_or_create(session=session)
    by = timezone.now() + timedelta(seconds=settings.MEDIA_JOIN_SECONDS)
    MediaSeat.objects.update_or_create(member=member, defaults={"room": room, "expected_by": by})


def _was_taken_out(member: Member) -> bool:
    seats = MediaSeat.objects.filter(member=member, member__leave_time=None)
    return not seats.exists()
