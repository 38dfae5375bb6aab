"""Who may join when, and who must leave when: pure, of settings and moments alone.

Nothing here reads a database or a clock, so every answer can be told for any moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from django.utils.translation import gettext as _

from access.values.timestamps import format_timestamp


class Reason(StrEnum):
    """Why somebody is let in or not, as programs read it."""

    OPEN = "open"
    NOT_YET_OPEN = "not_yet_open"
    NEVER_OPEN = "never_open"
    CLOSED = "closed"
    REMOVED = "removed"
    FULL = "full"


class ScheduledEvent(StrEnum):
    """What will happen to a room by the clock alone."""

    OPENS = "opens"
    CLOSES = "closes"
    REMOVES_EVERYONE = "removes_everyone"


@dataclass(frozen=True)
class Upcoming:
    """One thing that will happen to a room, and when."""

    what: ScheduledEvent
    at: datetime


@dataclass(frozen=True)
class Decision:
    """Whether one more may join, why, and when the clock will change that, if there is space."""

    allowed: bool
    reason: Reason
    # For people: English, or the language that is active.
    sentence: str
    # Of a denial: ask again then. None: there is no such moment, or nobody knows it.
    changes_at: datetime | None = None


@dataclass(frozen=True)
class Overrides:
    """What a room token says in place of its room; None leaves the room's word."""

    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_seconds_elapsed: int | None = None

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


class Settings(Protocol):
    """A room, or a session with its copy of a room's settings."""

    max_members: Any
    join_from: Any
    join_until: Any
    remove_at: Any
    remove_after_seconds_elapsed: Any


@dataclass(frozen=True)
class JoinPolicy:
    """What settings promise about coming and going. Each moment belongs to what it begins."""

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
        """Return the policy for the bearer of a token, whose word replaces the room's."""
        return replace(self, **token.given())

    def decide(self, now: datetime, members_inside: int) -> Decision:
        """Say whether one more may join at `now`, while so many are inside."""
        refusal = self._too_late(now) or self._too_early(now)
        if refusal:
            return refusal
        if members_inside >= self.max_members:
            sentence = _("The room is full: {inside} of {most} are inside.").format(
                inside=members_inside, most=self.max_members
            )
            return Decision(False, Reason.FULL, sentence)
        return Decision(True, Reason.OPEN, self._open_sentence(), self.ends_joining)

    def leave_by(self, joined_at: datetime) -> datetime | None:
        """Return the moment at which one who joined then must be out, or None."""
        ends = []
        if self.remove_at is not None:
            ends.append(self.remove_at)
        if self.remove_after_seconds_elapsed is not None:
            ends.append(joined_at + timedelta(seconds=self.remove_after_seconds_elapsed))
        return min(ends, default=None)

    def upcoming(self, now: datetime) -> list[Upcoming]:
        """Return what will happen after `now`, soonest first."""
        return sorted((one for one in self._schedule() if one.at > now), key=lambda one: one.at)

    @property
    def ends_joining(self) -> datetime | None:
        """The moment from which nobody new is let in, or None."""
        return min((end for end in (self.join_until, self.remove_at) if end), default=None)

    def _too_late(self, now: datetime) -> Decision | None:
        if self.remove_at is not None and self.remove_at <= now:
            sentence = _("Everybody was removed at {moment}; nobody is let in any more.")
            return _refusal(Reason.REMOVED, sentence, self.remove_at)
        if self.join_until is not None and self.join_until <= now:
            sentence = _("Joining ended at {moment}.")
            return _refusal(Reason.CLOSED, sentence, self.join_until)
        return None

    def _too_early(self, now: datetime) -> Decision | None:
        if self.join_from is None or self.join_from <= now:
            return None
        ends = self.ends_joining
        # No room is so, but a token can move one end of the window past the other.
        if ends is not None and ends <= self.join_from:
            sentence = _("Joining ends at {moment}, before it begins.")
            return _refusal(Reason.NEVER_OPEN, sentence, ends)
        sentence = _("Nobody is let in before {moment}.")
        return _refusal(Reason.NOT_YET_OPEN, sentence, self.join_from, changes_at=self.join_from)

    def _open_sentence(self) -> str:
        ends = self.ends_joining
        if ends is None:
            return _("People are let in.")
        return _("People are let in until {moment}.").format(moment=format_timestamp(ends))

    def _schedule(self) -> Iterator[Upcoming]:
        if self.join_from is not None:
            yield Upcoming(ScheduledEvent.OPENS, self.join_from)
        # Who removes everyone has closed the room: one thing happens, not two.
        if self.join_until is not None and self.join_until == self.ends_joining != self.remove_at:
            yield Upcoming(ScheduledEvent.CLOSES, self.join_until)
        if self.remove_at is not None:
            yield Upcoming(ScheduledEvent.REMOVES_EVERYONE, self.remove_at)


def _refusal(
    reason: Reason, sentence: str, moment: datetime, changes_at: datetime | None = None
) -> Decision:
    words = sentence.format(moment=format_timestamp(moment))
    return Decision(False, reason, words, changes_at)
