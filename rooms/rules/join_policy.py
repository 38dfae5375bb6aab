"""Decide from a room's settings when people may join and must leave.

The functions are pure: they read neither a database nor a clock, so they work for any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from django.utils.translation import gettext as _

from access.values.timestamps import format_timestamp

# The fields of the schedule, in its order.
SCHEDULE = ("join_from", "join_until", "remove_at")


class Reason(StrEnum):
    """The reason for a decision, as the API returns it."""

    OPEN = "open"
    NOT_YET_OPEN = "not_yet_open"
    NEVER_OPEN = "never_open"
    CLOSED = "closed"
    REMOVED = "removed"
    FULL = "full"


class TokenReason(StrEnum):
    """The reason for a refusal that concerns the room token, as the API returns it."""

    BAD_TOKEN = "bad_token"  # noqa: S105 - no secret
    # Only for staff, because the API admits to the room that the token names.
    OTHER_ROOM = "other_room"
    NO_SUCH_ROOM = "no_such_room"
    ROOM_DELETED = "room_deleted"
    BLOCKED = "blocked"


class ScheduledEvent(StrEnum):
    """An event of a room that depends only on the clock."""

    OPENS = "opens"
    CLOSES = "closes"
    REMOVES_EVERYONE = "removes_everyone"


@dataclass(frozen=True)
class Upcoming:
    """A future event of a room and its time."""

    what: ScheduledEvent
    at: datetime


@dataclass(frozen=True)
class Decision:
    """Whether another person may join, with the reason and the time of the next change."""

    allowed: bool
    reason: Reason | TokenReason
    # In the active language, with the places {time}, {inside} and {most}.
    words: str
    # After a denial, a client can ask again at this time; None: it is not known.
    changes_at: datetime | None = None
    # The time that the sentence names.
    time: datetime | None = None
    # The members inside and their limit, if the room is full.
    inside: int | None = None
    most: int | None = None

    @property
    def sentence(self) -> str:
        """The decision in words; without a time and numbers, braces may be part of a name."""
        if self.time is None and self.most is None:
            return self.words
        time = self.time and format_timestamp(self.time)
        return self.words.format(time=time, inside=self.inside, most=self.most)


@dataclass(frozen=True)
class Overrides:
    """The values of a room token that override its room's; None keeps the room's."""

    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_seconds_elapsed: int | None = None

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


class Settings(Protocol):
    """A room, or a session with its copy of the settings."""

    max_members: Any
    join_from: Any
    join_until: Any
    remove_at: Any
    remove_after_seconds_elapsed: Any


@dataclass(frozen=True)
class JoinPolicy:
    """The settings that limit joining. Each period includes its start and excludes its end."""

    max_members: int
    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_seconds_elapsed: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            max_members=settings.max_members,
            join_from=settings.join_from,
            join_until=settings.join_until,
            remove_at=settings.remove_at,
            remove_after_seconds_elapsed=settings.remove_after_seconds_elapsed,
        )

    def overridden_by(self, token: Overrides) -> Self:
        """Return the policy with the values of a room token."""
        given = token.given()
        return replace(self, **given) if given else self

    def decide(self, now: datetime, members_inside: int) -> Decision:
        """Return whether another person may join at `now`, while `members_inside` are inside."""
        refusal = self._too_late(now) or self._too_early(now)
        if refusal:
            return refusal
        if members_inside >= self.max_members:
            words = _("The room is full: {inside} of {most} are inside.")
            inside, most = members_inside, self.max_members
            return Decision(False, Reason.FULL, words, inside=inside, most=most)
        ends = self.ends_joining
        words = _("Joining is open until {time}.") if ends else _("Joining is open.")
        return Decision(True, Reason.OPEN, words, ends, ends)

    def leave_by(self, joined_at: datetime) -> datetime | None:
        """Return the time at which a member who joined then must leave, or None."""
        ends = []
        if self.remove_at is not None:
            ends.append(self.remove_at)
        if self.remove_after_seconds_elapsed is not None:
            ends.append(joined_at + timedelta(seconds=self.remove_after_seconds_elapsed))
        return min(ends, default=None)

    def upcoming(self, now: datetime) -> list[Upcoming]:
        """Return the events after `now`, the soonest first."""
        return sorted((one for one in self._schedule() if one.at > now), key=lambda one: one.at)

    @property
    def ends_joining(self) -> datetime | None:
        """The time after which no one can join, or None."""
        return min((end for end in (self.join_until, self.remove_at) if end), default=None)

    def _too_late(self, now: datetime) -> Decision | None:
        if self.remove_at is not None and self.remove_at <= now:
            words = _("The room ended at {time}. No one can join.")
            return Decision(False, Reason.REMOVED, words, time=self.remove_at)
        if self.join_until is not None and self.join_until <= now:
            words = _("Joining ended at {time}.")
            return Decision(False, Reason.CLOSED, words, time=self.join_until)
        return None

    def _too_early(self, now: datetime) -> Decision | None:
        if self.join_from is None or self.join_from <= now:
            return None
        ends = self.ends_joining
        # The rules exclude this for a room, but a token can override one end of the window.
        if ends is not None and ends <= self.join_from:
            words = _("Joining ends at {time}, before it starts.")
            return Decision(False, Reason.NEVER_OPEN, words, time=ends)
        words = _("No one can join before {time}.")
        return Decision(False, Reason.NOT_YET_OPEN, words, self.join_from, self.join_from)

    def _schedule(self) -> Iterator[Upcoming]:
        if self.join_from is not None:
            yield Upcoming(ScheduledEvent.OPENS, self.join_from)
        # remove_at also ends joining, so at that time there is only one event.
        if self.join_until is not None and self.join_until == self.ends_joining != self.remove_at:
            yield Upcoming(ScheduledEvent.CLOSES, self.join_until)
        if self.remove_at is not None:
            yield Upcoming(ScheduledEvent.REMOVES_EVERYONE, self.remove_at)
