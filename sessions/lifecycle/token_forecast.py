"""Whether the bearer of a room token could join a room, without admitting them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from rooms.models import Room
from rooms.models.forecast import Forecast, TokenForecast, forecasts
from rooms.rules.join_policy import Decision, TokenReason
from sessions.lifecycle.refusals import AdmissionRefused, RoomDeleted
from sessions.lifecycle.stays import find_stay
from sessions.lifecycle.token_rooms import admits_no_more
from sessions.models import Member
from sessions.tokens.room_tokens import Claims, read_token
from sessions.tokens.signatures import BadToken


def forecast_of_token(room: Room, text: str, at: datetime) -> TokenForecast:
    """Return the decision of an admission with the token `text` at the time `at`."""
    try:
        longest = room.project.longest_room_token
        claims = read_token(text.strip(), room.project_id, at, longest)
    except BadToken as wrong:
        return TokenForecast(Decision(False, TokenReason.BAD_TOKEN, str(wrong)))
    if claims.room_name != room.name:
        sentence = gettext("The room token is for the room {room}.").format(room=claims.room_name)
        return TokenForecast(Decision(False, TokenReason.OTHER_ROOM, sentence), claims.user_name)
    [found] = forecasts([room], at, claims.overrides)
    try:
        stay = _stay(found, claims)
    except AdmissionRefused as refused:
        return TokenForecast(refused.decision, claims.user_name)
    is_staying = stay is not None and (stay.leave_by is None or stay.leave_by > at)
    since: Any = stay.join_time if stay and is_staying else None
    return TokenForecast(found.decision, claims.user_name, since)


def _stay(found: Forecast, claims: Claims) -> Member | None:
    """Return the stay that goes on, in the order of admit(). Raises AdmissionRefused."""
    if admits_no_more(claims, found.room):
        raise RoomDeleted(claims.room_name)
    session = found.session if found.session and found.session.inside else None
    if session is None and not found.decision.allowed:
        return None
    return find_stay(session, claims, None)
