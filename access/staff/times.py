"""Times as texts: every page writes a time with these functions, in the active language and zone.

docs/adr/0045-one-way-to-write-a-time.md has the reasons.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop

from access.staff.days import day_in, day_text
from access.values.local_times import clock_change_at, offset_text

# Translators: a day and a time of day, such as "tomorrow 09:00".
DAY_AND_TIME = gettext_noop("{day} {time}")


class Reader(NamedTuple):
    """All that the text of a time depends on: the active zone and language, and the day there."""

    zone: tzinfo
    language: str | None
    today: date


def reader_at(now: datetime) -> Reader:
    zone = timezone.get_current_timezone()
    return Reader(zone, get_language(), now.astimezone(zone).date())


def time_text(moment: datetime, now: datetime | None = None, known: date | None = None) -> str:
    """Return "today 21:17" or "Sun 29 Nov 21:17", with the year only if it is not this year.

    The text has no day if the text before it names the day `known`. A time that occurs twice,
    because clocks go back, has its UTC offset.
    """
    return time_text_for(reader_at(now or timezone.now()), moment, known)


def time_text_for(reader: Reader, moment: datetime, known: date | None = None) -> str:
    """Return the same for the reader of this request, whom a caller with many times finds once."""
    # In UTC, because a time in a zone equals the other one that clocks show there.
    return _time_text(reader, moment.astimezone(UTC), known)


# The rows of a list have few different times, and the next request shows them again.
@lru_cache(maxsize=4096)
def _time_text(reader: Reader, moment: datetime, known: date | None) -> str:
    local = moment.astimezone(reader.zone)
    text = clock(local)
    if clock_change_at(local.replace(tzinfo=None, fold=0), reader.zone):
        text = f"{text} (UTC{offset_text(moment, reader.zone)})"
    if local.date() == known:
        return text
    return gettext(DAY_AND_TIME).format(day=day_text(local.date(), reader.today), time=text)


def time_texts(moments: Sequence[datetime], now: datetime | None = None) -> list[str]:
    """Return the texts of several times; exact ones if different times would read the same."""
    texts = [time_text(moment, now) for moment in moments]
    reads_the_same = len({*texts}) < len({*moments})
    return [exact_time_text(moment) for moment in moments] if reads_the_same else texts


def exact_time_text(moment: datetime) -> str:
    """Return "Sun 29 Nov 2026 21:17:32 UTC+01:00"."""
    zone = timezone.get_current_timezone()
    return _exact_time_text(moment.astimezone(UTC), zone, get_language())


@lru_cache(maxsize=4096)
def _exact_time_text(moment: datetime, zone: tzinfo, _language: str | None) -> str:
    local, offset = moment.astimezone(zone), offset_text(moment, zone)
    day = day_in(gettext_noop("D j M Y"), local.date())
    text = gettext(DAY_AND_TIME).format(day=day, time=f"{local:%H:%M:%S}")
    return f"{text} UTC{'' if offset == '+00:00' else offset}"


def clock(local: datetime) -> str:
    """Return "21:17"; only a tooltip and the texts about an entered time have seconds."""
    return f"{local:%H:%M}"


def time_tag(moment: datetime, words: str = "", now: datetime | None = None) -> SafeString:
    """Render a time, or `words` that stand for it, with the exact time as the tooltip."""
    utc = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    title, text = exact_time_text(moment), words or time_text(moment, now)
    # Not format_html(), which is slow for the hundreds on a page.
    return SafeString(f'<time datetime="{utc}Z" title="{escape(title)}">{escape(text)}</time>')
