"""The schedule of a room in one line, for the week."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from rooms.display.next_event import SENTENCES, short
from rooms.display.periods import DASH
from rooms.display.times import clock
from rooms.rules.join_policy import SCHEDULE, ScheduledEvent

EVENTS = dict(zip(SCHEDULE, ScheduledEvent, strict=True))


def schedule_sentence(room: Any, now: datetime) -> str:
    """Return "opens Tue 24 Nov, 20:00, closes 22:00"; nothing without a schedule."""
    return _sentence(_times(room, now))


def schedule_line(room: Any, now: datetime) -> str:
    """Return a window as "Tue 24 Nov, 20:00 to 22:00" with a dash; nothing without a schedule."""
    times = _times(room, now)
    if not {"join_from", "join_until"} <= times.keys():
        return capfirst(_sentence(times))
    window = f"{times.pop('join_from')} {DASH} {times.pop('join_until')}"
    return capfirst(", ".join(filter(None, (window, _sentence(times)))))


def _sentence(times: dict[str, str]) -> str:
    words = (gettext(SENTENCES[EVENTS[name]]) % {"when": text} for name, text in times.items())
    return ", ".join(words)


def _times(room: Any, now: datetime) -> dict[str, str]:
    """Return the times of a schedule, without the day where it is that of the time before."""
    found, day = {}, None
    for name in SCHEDULE:
        if moment := getattr(room, name):
            local = timezone.localtime(moment)
            found[name] = clock(local) if local.date() == day else short(moment, now)
            day = local.date()
    return found
