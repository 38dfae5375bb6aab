"""The rows of the list of sessions, with the texts that each of them needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.addresses import address_of
from access.staff.markup import pill
from access.staff.times import time_tag
from sessions.models import RoomSession, SessionStatus
from sessions.pages.wording import duration, inside_text

# The columns that a row needs.
COLUMNS = ("display_name", "name", "start_time", "end_time")


@dataclass(frozen=True)
class SessionRow:
    url: str
    display_name: str
    name: str
    # A pill; beside that of a live session the number inside.
    status: SafeString
    started: SafeString
    ended: str | SafeString
    length: str


def session_rows(sessions: Iterable[RoomSession], now: datetime) -> list[SessionRow]:
    """Return a row for each session that was read with `inside`; words are translated once."""
    live = pill("live", gettext("Live"))
    done = pill("done", SessionStatus.COMPLETED.label)
    return [
        SessionRow(
            address_of("session-page", one.pk),
            one.display_name,
            one.name,
            done if one.end_time else SafeString(f"{live} {inside_text(one.inside)}"),
            time_tag(one.start_time, now=now),
            time_tag(one.end_time, now=now) if one.end_time else "—",
            duration(one, now),
        )
        for one in sessions
    ]
