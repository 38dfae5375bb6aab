"""Work that is due only now and then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.credentials.pauses import prune_failures
from access.credentials.sign_ins import prune_sign_ins
from access.idempotent_calls import prune_calls
from rooms.changes.folding import fold_names
from rooms.models import Room
from sessions.models import RoomSession


@dataclass
class Occasional:
    """Does a kind of work until nothing is left, and then again after `every`."""

    do: Callable[[], int]
    every: timedelta
    next_at: datetime | None = None

    def __call__(self, now: datetime) -> int:
        if self.next_at and now < self.next_at:
            return 0
        done = self.do()
        if not done:
            self.next_at = now + self.every
        return done


def fold_every_name() -> int:
    """Fold names that an older release has written; return how many."""
    return fold_names(Room) + fold_names(RoomSession)


def prune_often() -> int:
    """Delete what grows within minutes, such as failures that no longer count; return how many."""
    return prune_sign_ins() + prune_failures() + prune_calls()
