"""The summary of a room's settings, in the active language and time zone. Pure.

Opens tomorrow 09:00, closes 18:00; up to 20 people; everyone leaves at 18:30.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from access.staff.times import time_text
from rooms.display.layouts import picture_count
from rooms.display.times import exact_span
from rooms.rules.join_policy import JoinPolicy


def summarize(settings: Any, now: datetime) -> str:
    """Return a sentence on the settings of a room or a session as of `now`."""
    parts = [_joining(JoinPolicy.of(settings), now), _size(settings.max_members)]
    parts += _leaving_parts(JoinPolicy.of(settings), now)
    parts += _recording(settings)
    # Translators: between the parts of a sentence such as "Always open; up to 20 people".
    return gettext("; ").join(parts) + "."


def remarks(settings: Any, now: datetime) -> list[str]:
    """Return a sentence on each valid setting with a surprising effect."""
    found = []
    ends, until = JoinPolicy.of(settings).ends_joining, settings.join_until
    if until is not None and ends != until:
        found.append(
            gettext("Everyone leaves before {until}, so joining ends then.").format(
                until=time_text(until, now)
            )
        )
    fits = picture_count(settings.layout)
    if fits is not None and fits < settings.max_members:
        found.append(
            ngettext(
                "The layout shows one of up to {most} people.",
                "The layout shows {places} of up to {most} people.",
                fits,
            ).format(places=fits, most=settings.max_members)
        )
    return found


def _joining(policy: JoinPolicy, now: datetime) -> str:
    ends = policy.ends_joining
    if ends is not None and ends <= now:
        return gettext("Closed since {when}").format(when=time_text(ends, now))
    begins = policy.join_from
    if begins is None and ends is None:
        return gettext("Always open")
    first = _opening(begins, now)
    # If joining ends when everyone leaves, only that is shown.
    if ends is None or ends == policy.remove_at:
        return first
    closes = gettext("closes {when}").format(when=time_text(ends, now, _day_of(begins)))
    # Translators: "Opens tomorrow 09:00, closes 18:00".
    return gettext("{opens}, {closes}").format(opens=first, closes=closes)


def _opening(begins: datetime | None, now: datetime) -> str:
    if begins is None:
        return gettext("Open now")
    words = gettext("Opens {when}") if begins > now else gettext("Open since {when}")
    return words.format(when=time_text(begins, now))


def _day_of(begins: datetime | None) -> date | None:
    return None if begins is None else timezone.localtime(begins).date()


def _size(most: int) -> str:
    return ngettext("one person at a time", "up to {most} people", most).format(most=most)


def _leaving_parts(policy: JoinPolicy, now: datetime) -> Iterator[str]:
    out = policy.remove_at
    if out is not None:
        yield _leaving(out, now, _last_day(policy))
    if policy.remove_after_seconds_elapsed is not None:
        length = exact_span(policy.remove_after_seconds_elapsed)
        yield gettext("each person leaves {length} after joining").format(length=length)


def _leaving(out: datetime, now: datetime, known: date | None) -> str:
    when = time_text(out, now, known)
    if out <= now:
        return gettext("everyone left {when}").format(when=when)
    same_day = timezone.localtime(out).date() == known
    # Translators: the first with a time alone, the second with a day and a time.
    words = gettext("everyone leaves at {when}") if same_day else gettext("everyone leaves {when}")
    return words.format(when=when)


def _last_day(policy: JoinPolicy) -> date | None:
    ends = policy.ends_joining
    last = ends if ends is not None and ends != policy.remove_at else policy.join_from
    return _day_of(last)


def _recording(settings: Any) -> Iterator[str]:
    if settings.record_on_start:
        yield gettext("recorded from the start")
    if settings.enable_room_previews:
        yield gettext("with previews")
