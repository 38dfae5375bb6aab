"""The changes that the menu of a room makes with one click, as edits (rooms/changes/engine.py).

- Open now sets Opens to now and keeps the other times. It refuses a room whose Closes or
  Everyone leaves at has passed, because such a room would stay closed.
- Close now sets Closes to now. Members inside stay until Everyone leaves at. It refuses a room
  that has not opened yet, because its Closes would be before its Opens.
- +30 minutes moves Closes and Everyone leaves at. It refuses a room without both, and a room that
  would still have ended.

An edit of a room that is open or closed already moves nothing.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.staff.times import time_text
from access.values.timestamps import whole_second
from rooms.changes.validation import FIELDS, Change, Edit, Values, validate_change
from rooms.display.values import label
from rooms.models import Room, RoomStatus
from rooms.models.history import Action, AuthorKind, RoomChange
from rooms.rules.join_policy import SCHEDULE

LONGER = timedelta(minutes=30)
ENDS = ("join_until", "remove_at")
# A change reads the clock at most so long before its entry in the history.
CLOCK_READ = timedelta(seconds=5)


@dataclass(frozen=True)
class QuickChange:
    """A change without input: the label of its button, and what a room without a need for it is."""

    label: Any
    needless: Any
    values_at: Callable[[datetime, Room], Values]

    def edit(self, now: datetime) -> Edit:
        return partial(self.values_at, now)


def _open(now: datetime, room: Room) -> Values:
    for name in ENDS:
        end = getattr(room, name)
        if end is not None and end <= now:
            words = gettext("{field} has passed ({time}). Set a new time on the room's page.")
            raise _refusal(words, name, end)
    is_early = room.join_from is not None and room.join_from > now
    return {"join_from": whole_second(now)} if is_early else {}


def _close(now: datetime, room: Room) -> Values:
    status = room.status(now)
    if status == RoomStatus.CLOSED:
        return {}
    if status == RoomStatus.SCHEDULED:
        words = gettext("The room is not open yet ({field}: {time}). Set its times on its page.")
        raise _refusal(words, "join_from", room.join_from)
    return {"join_until": whole_second(now)}


def _extend(now: datetime, room: Room) -> Values:
    moved = {name: end + LONGER for name in ENDS if (end := getattr(room, name)) is not None}
    if not moved:
        words = gettext("There is no time to move: the room has no closing time and no fixed end.")
        raise ValidationError({"join_until": words})
    name, last = list(moved.items())[-1]
    if last <= now:
        words = gettext("{field} would still have passed ({time}). Set a new time on its page.")
        raise _refusal(words, name, last)
    return moved


def _refusal(words: str, name: str, time: datetime | None) -> ValidationError:
    text = words.format(field=label(name), time=time and time_text(time))
    return ValidationError({name: text})


QUICK_CHANGES = {
    "open": QuickChange(_("Open now"), _("The room is open already."), _open),
    "close": QuickChange(_("Close now"), _("The room is closed already."), _close),
    "extend": QuickChange(_("+30 minutes"), "", _extend),
}


def repeated(quick: QuickChange, room: Room, seen: str, user: Any) -> Change | None:
    """Return the change if `user` made it already of version `seen`, as by a double click.

    `room` is the stored room, at the version after `seen`.
    """
    own = RoomChange.objects.filter(author_kind=AuthorKind.USER, author_id=str(user.pk))
    entry = own.filter(room_id=room.pk, version=room.version, action=Action.CHANGED).first()
    if entry is None or seen != str(room.version - 1) or entry.changes.keys() - {*SCHEDULE}:
        return None
    made = {
        name: (FIELDS[name].clean(before, room), FIELDS[name].clean(after, room))
        for name, (before, after) in entry.changes.items()
    }
    try:
        wanted = validate_change(_before(room, made), quick.edit(entry.at)).moved
    except ValidationError:
        return None
    same = wanted.keys() == made.keys()
    near = same and all(abs(made[name][1] - wanted[name][1]) <= CLOCK_READ for name in made)
    return Change(room, made) if near else None


def _before(room: Room, made: Mapping[str, tuple[Any, Any]]) -> Room:
    found = copy.copy(room)
    for name, (before, _after) in made.items():
        setattr(found, name, before)
    return found
