"""The schedule of a room in one line, for the list and the week."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from access.staff.times import Reader, exact_time_text, reader_at, time_text_for
from rooms.display.next_event import SENTENCES
from rooms.display.periods import DASH
from rooms.rules.join_policy import SCHEDULE, ScheduledEvent

# The times of a schedule that are set, with their names.
Moments = tuple[tuple[str, datetime], ...]
EVENTS = dict(zip(SCHEDULE, ScheduledEvent, strict=True))

# A time that follows another one sooner than this is clear without its day.
CLEAR = timedelta(hours=12)


def window_text(reader: Reader, room: Any, *, is_closed: bool) -> str:
    """Return "today 22:30 - 00:00, everyone leaves 01:00", with a dash.

    For a room without a window, this is "Always open" or "Closed".
    """
    return _in_short(_moments(room), reader, is_closed)


def window_in_full(zone: tzinfo, language: str | None, room: Any) -> str:
    """Return the times of a schedule with day and year, or nothing without a schedule."""
    moments = _moments(room)
    return _in_full(moments, zone, language) if moments else ""


# Most rooms of a list share their schedule with others, or are listed again.
@lru_cache(maxsize=4096)
def _in_short(moments: Moments, reader: Reader, is_closed: bool) -> str:
    times = _times(moments, reader)
    leaves = times.pop("remove_at", "")
    if not times:
        if is_closed:
            return gettext("Closed")
        return _leaving(leaves) or gettext("Always open")
    return ", ".join(filter(None, (_window(times), _leaving(leaves))))


@lru_cache(maxsize=4096)
def _in_full(moments: Moments, _zone: tzinfo, _language: str | None) -> str:
    times = {name: exact_time_text(moment) for name, moment in moments}
    leaves = times.pop("remove_at", "")
    return ", ".join(filter(None, (_window(times), _leaving(leaves))))


def _window(times: dict[str, str]) -> str:
    opens, closes = times.get("join_from"), times.get("join_until")
    if opens and closes:
        return f"{opens} {DASH} {closes}"
    if opens:
        return gettext("from %(when)s") % {"when": opens}
    return gettext("until %(when)s") % {"when": closes} if closes else ""


def _leaving(when: str) -> str:
    return gettext(SENTENCES[ScheduledEvent.REMOVES_EVERYONE]) % {"when": when} if when else ""


def schedule_sentence(room: Any, now: datetime) -> str:
    """Return "opens Tue 24 Nov 20:00, closes 22:00"; nothing without a schedule."""
    return _sentence(_times(_moments(room), reader_at(now)))


def schedule_line(room: Any, now: datetime) -> str:
    """Return a window as "Tue 24 Nov 20:00 to 22:00" with a dash; nothing without a schedule."""
    times = _times(_moments(room), reader_at(now))
    if not {"join_from", "join_until"} <= times.keys():
        return capfirst(_sentence(times))
    window = f"{times.pop('join_from')} {DASH} {times.pop('join_until')}"
    return capfirst(", ".join(filter(None, (window, _sentence(times)))))


def _sentence(times: dict[str, str]) -> str:
    words = (gettext(SENTENCES[EVENTS[name]]) % {"when": text} for name, text in times.items())
    return ", ".join(words)


def _moments(room: Any) -> Moments:
    # In UTC, because a time in a zone equals the other one that clocks show there.
    return tuple(
        (name, moment.astimezone(UTC)) for name in SCHEDULE if (moment := getattr(room, name))
    )


def _times(moments: Moments, reader: Reader) -> dict[str, str]:
    """Return the times of a schedule, without the day where the time before makes it clear."""
    found: dict[str, str] = {}
    last = None
    for name, moment in moments:
        local = moment.astimezone(reader.zone)
        known = local.date() if _is_clear(local, last) else None
        found[name] = time_text_for(reader, moment, known)
        last = local
    return found


def _is_clear(local: datetime, last: datetime | None) -> bool:
    if last is None:
        return False
    return local.date() == last.date() or timedelta() <= local - last < CLEAR
