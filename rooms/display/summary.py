"""What a room's settings mean now, in one sentence: in the active language and time zone. Pure.

Opens tomorrow 09:00, closes 18:00; up to 20 people; everyone leaves at 18:30.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from rooms.display.layouts import places
from rooms.display.local_times import clock_change_at, offset_text
from rooms.display.times import DAY, HOUR, MINUTE, clock, day_in
from rooms.rules.join_policy import JoinPolicy


def meaning(settings: Any, now: datetime) -> str:
    """Return what a room, or a session with its copy of the settings, promises as of `now`."""
    parts = [_coming(JoinPolicy.of(settings), now), _size(settings.max_members)]
    parts += _going(JoinPolicy.of(settings), now)
    parts += _kept(settings)
    # Translators: between the parts of a sentence such as "Always open; up to 20 people".
    return gettext("; ").join(parts) + "."


def remarks(settings: Any, now: datetime) -> list[str]:
    """Return what may surprise about settings that are valid, a sentence each."""
    found = []
    ends, until = JoinPolicy.of(settings).ends_joining, settings.join_until
    if until is not None and ends != until:
        found.append(
            gettext("The removal ends joining already, before {until}.").format(
                until=said(until, now)
            )
        )
    fits = places(settings.layout)
    if fits is not None and fits < settings.max_members:
        found.append(
            ngettext(
                "The layout has one picture for up to {most} people.",
                "The layout has {places} pictures for up to {most} people.",
                fits,
            ).format(places=fits, most=settings.max_members)
        )
    return found


def said(moment: datetime, now: datetime, known: date | None = None) -> str:
    """Return "tomorrow 09:00", or "09:00" where the day is known: told already.

    Of a time that comes twice in the night when clocks go back, the offset says which.
    """
    local = timezone.localtime(moment)
    time = clock(local)
    if clock_change_at(local.replace(tzinfo=None, fold=0), timezone.get_current_timezone()):
        time = f"{time} (UTC{offset_text(moment, timezone.get_current_timezone())})"
    if local.date() == known:
        return time
    day = _day(local.date(), timezone.localtime(now).date())
    # Translators: a day and a time, such as "tomorrow 09:00".
    return gettext("{day} {time}").format(day=day, time=time)


def exactly(seconds: int) -> str:
    """Return "1 h 30 min 5 s": a length of time with nothing left out."""
    units = (
        (seconds // DAY, ngettext("%d day", "%d days", seconds // DAY)),
        (seconds % DAY // HOUR, gettext("%d h")),
        (seconds % HOUR // MINUTE, gettext("%d min")),
        (seconds % MINUTE, gettext("%d s")),
    )
    return " ".join(words % number for number, words in units if number) or gettext("%d s") % 0


def _day(day: date, today: date) -> str:
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    away = (day - today).days
    if away in near:
        return near[away]
    # Translators: Django's date formats, without and with the year.
    same_year = day.year == today.year
    return day_in(gettext_noop("D j M") if same_year else gettext_noop("D j M Y"), day)


def _coming(policy: JoinPolicy, now: datetime) -> str:
    ends = policy.ends_joining
    if ends is not None and ends <= now:
        return gettext("Closed since {when}").format(when=said(ends, now))
    begins = policy.join_from
    if begins is None and ends is None:
        return gettext("Always open")
    first = _opening(begins, now)
    # Where the removal ends joining, it is told as what it is.
    if ends is None or ends == policy.remove_at:
        return first
    closes = gettext("closes {when}").format(when=said(ends, now, _told(begins)))
    # Translators: "Opens tomorrow 09:00, closes 18:00".
    return gettext("{opens}, {closes}").format(opens=first, closes=closes)


def _opening(begins: datetime | None, now: datetime) -> str:
    if begins is None:
        return gettext("Open now")
    words = gettext("Opens {when}") if begins > now else gettext("Open since {when}")
    return words.format(when=said(begins, now))


def _told(begins: datetime | None) -> date | None:
    return None if begins is None else timezone.localtime(begins).date()


def _size(most: int) -> str:
    return ngettext("one person at a time", "up to {most} people", most).format(most=most)


def _going(policy: JoinPolicy, now: datetime) -> Iterator[str]:
    out = policy.remove_at
    if out is not None:
        yield _leaving(out, now, _last_told(policy))
    if policy.remove_after_seconds_elapsed is not None:
        length = exactly(policy.remove_after_seconds_elapsed)
        yield gettext("each person leaves {length} after joining").format(length=length)


def _leaving(out: datetime, now: datetime, known: date | None) -> str:
    when = said(out, now, known)
    if out <= now:
        return gettext("everyone left {when}").format(when=when)
    same_day = timezone.localtime(out).date() == known
    # Translators: the first with a time alone, the second with a day and a time.
    words = gettext("everyone leaves at {when}") if same_day else gettext("everyone leaves {when}")
    return words.format(when=when)


def _last_told(policy: JoinPolicy) -> date | None:
    ends = policy.ends_joining
    last = ends if ends is not None and ends != policy.remove_at else policy.join_from
    return _told(last)


def _kept(settings: Any) -> Iterator[str]:
    if settings.record_on_start:
        yield gettext("recorded from the start")
    if settings.enable_room_previews:
        yield gettext("with previews")
