"""The reasons of admissions in words for staff, with times in the active zone.

The API has the same reasons with its own sentences (rooms/rules/join_policy.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop

from access.staff.times import Reader, reader_at, time_text_for
from rooms.rules.join_policy import Decision, Reason, TokenReason


@dataclass(frozen=True)
class ReasonWords:
    """One reason: as the answer to "Can they get in?", and after a number of refused attempts."""

    answer: str
    refused: str = ""


REASONS: dict[str, ReasonWords] = {
    Reason.OPEN: ReasonWords(gettext_noop("Yes, until {time}")),
    Reason.NOT_YET_OPEN: ReasonWords(
        gettext_noop("No: opens {time}"), gettext_noop("not yet open")
    ),
    Reason.NEVER_OPEN: ReasonWords(
        gettext_noop("No: joining ends {time}, before it starts"), gettext_noop("never open")
    ),
    Reason.CLOSED: ReasonWords(gettext_noop("No: closed since {time}"), gettext_noop("closed")),
    Reason.REMOVED: ReasonWords(gettext_noop("No: ended {time}"), gettext_noop("ended")),
    Reason.FULL: ReasonWords(gettext_noop("No: full, {inside} of {most}"), gettext_noop("full")),
    # The server records an invalid token only if it has expired.
    TokenReason.BAD_TOKEN: ReasonWords(
        gettext_noop("No: the room token is not valid"), gettext_noop("expired token")
    ),
    TokenReason.OTHER_ROOM: ReasonWords(gettext_noop("No: the room token is for another room")),
    TokenReason.NO_SUCH_ROOM: ReasonWords(
        gettext_noop("No: there is no such room"), gettext_noop("no such room")
    ),
    TokenReason.ROOM_DELETED: ReasonWords(
        gettext_noop("No: the room of this token was deleted"),
        gettext_noop("token of a deleted room"),
    ),
    TokenReason.BLOCKED: ReasonWords(gettext_noop("No: blocked"), gettext_noop("blocked")),
}


def answer_text(decision: Decision, now: datetime) -> str:
    """Return "Yes, until 18:00" or "No: opens today 22:30"."""
    return answer_text_for(reader_at(now), decision)


def answer_text_for(reader: Reader, decision: Decision) -> str:
    """Return the same for the reader of this request."""
    # In UTC, because a time in a zone equals the other one that clocks show there.
    time = decision.time and decision.time.astimezone(UTC)
    numbers = (decision.inside, decision.most)
    return _answer_text(reader, decision.allowed, decision.reason, time, numbers)


# The rooms of a list have few different answers, and the next request shows them again.
@lru_cache(maxsize=4096)
def _answer_text(
    reader: Reader,
    allowed: bool,
    reason: Reason | TokenReason,
    moment: datetime | None,
    numbers: tuple[int | None, int | None],
) -> str:
    if allowed and moment is None:
        return gettext("Yes")
    # "until 18:00" is today; "opens today 22:30" has the day, because it may be another one.
    known = reader.today if allowed else None
    time = time_text_for(reader, moment, known) if moment else ""
    inside, most = numbers
    return gettext(REASONS[reason].answer).format(time=time, inside=inside, most=most)


def refused_text(reason: str) -> str:
    """Return "not yet open" for a reason of the API."""
    words = REASONS.get(reason)
    return gettext(words.refused) if words else reason
