"""Find the stay that an admission repeats, or the reason why there can be no new one."""

from uuid import UUID

from django.db.models import Q

from sessions.lifecycle.refusals import TokenBlocked
from sessions.models import Member, RoomSession
from sessions.tokens.room_tokens import Claims


class MemberIdTaken(Exception):
    """The member id belongs to a stay that is over, or to another token's."""


def find_stay(session: RoomSession | None, claims: Claims, member_id: UUID | None) -> Member | None:
    """Return the stay that this call repeats, or None for a new one.

    The session is locked, so that a block cannot come in between. Raises TokenBlocked and
    MemberIdTaken.
    """
    known = _known(session, claims, member_id)
    for stay in known:
        if member_id in (None, stay.pk) and _is_here(stay, session, claims):
            return stay
    if any(stay.blocked_at and stay.jti == claims.jti for stay in known):
        raise TokenBlocked
    if any(stay.pk == member_id for stay in known):
        raise MemberIdTaken
    return None


def _known(session: RoomSession | None, claims: Claims, member_id: UUID | None) -> list[Member]:
    """Return with one statement the stays that block the token, and those that may go on."""
    asked = Q(jti=claims.jti, project_id=claims.project_id, blocked_at__isnull=False)
    if member_id is not None:
        asked |= Q(pk=member_id)
    elif session is not None:
        asked |= Q(jti=claims.jti, session=session, leave_time=None)
    return list(Member.objects.filter(asked))


def _is_here(stay: Member, session: RoomSession | None, claims: Claims) -> bool:
    inside = session is not None and stay.session_id == session.pk and stay.leave_time is None
    return inside and stay.jti == claims.jti
