"""Sentences on an entered local time that does not exist or occurs twice."""

from datetime import datetime, tzinfo

from django.utils.translation import gettext, gettext_noop

from access.staff.days import day_in
from access.staff.times import DAY_AND_TIME
from access.values.local_times import clock_change_at


def never_text(local: datetime, zone: tzinfo) -> str:
    words = gettext(
        "{typed} does not exist in {zone}: the clocks go from {before} straight to {after}. "
        "Choose {last} or earlier, or {after} or later."
    )
    return _of_jump(words, local, zone)


def twice_text(local: datetime, zone: tzinfo) -> str:
    words = gettext("{typed} occurs twice in {zone}: the clocks go back from {before} to {after}.")
    return _of_jump(words, local, zone)


def local_time_text(local: datetime) -> str:
    """Return "Tue 24 Nov 2026 09:00" of a local time, with seconds if it has some."""
    day = day_in(gettext_noop("D j M Y"), local.date())
    return gettext(DAY_AND_TIME).format(day=day, time=_entered_clock(local))


def _of_jump(words: str, local: datetime, zone: tzinfo) -> str:
    jump = clock_change_at(local, zone)
    if jump is None:
        raise ValueError(f"{local} occurs once in {zone}")
    # Some zones have skipped whole days, so the date is needed, too.
    near = jump.before.date() == jump.after.date()
    before, after, last = (
        _entered_clock(end) if near else local_time_text(end)
        for end in (jump.before, jump.after, jump.last)
    )
    return words.format(
        typed=local_time_text(local), zone=zone, before=before, after=after, last=last
    )


def _entered_clock(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
