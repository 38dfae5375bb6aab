"""How full a session is, as a meter and in words."""

from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.markup import pill
from sessions.models import RoomSession


class Fill(StrEnum):
    FREE = "free"
    NEARLY_FULL = "nearly-full"
    FULL = "full"


def fill_of(inside: int, most: int) -> Fill:
    """Return how full a session is; from 80 % of its capacity on, it is nearly full."""
    if inside >= most:
        return Fill.FULL
    return Fill.NEARLY_FULL if inside * 5 >= most * 4 else Fill.FREE


def occupancy(session: RoomSession) -> str:
    """Return "3 of 20": the members inside a session, and its capacity."""
    counts = {"inside": session.inside, "most": session.max_members}
    return gettext("%(inside)s of %(most)s") % counts


def fill_pill(session: RoomSession) -> SafeString:
    """Render the word for a session that is full or nearly full; else nothing."""
    fill = fill_of(session.inside, session.max_members)
    if fill is Fill.FULL:
        return pill("full", gettext("Full"))
    if fill is Fill.NEARLY_FULL:
        return pill("warning", gettext("Nearly full"))
    return SafeString("")


def fill_meter(session: RoomSession) -> SafeString:
    """Render a meter, which only repeats the words beside it."""
    inside, most = session.inside, session.max_members
    value = f'class="{fill_of(inside, most)}" value="{inside}" max="{most}"'
    return SafeString(f'<meter {value} aria-hidden="true"></meter>')
