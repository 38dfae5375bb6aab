"""Read and write the local times of spreadsheets: 29.11.2026 18:00 or 2026-11-29 18:00."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from access.values.local_times import in_zone, offset_text, times_of
from access.values.timestamps import in_calendar, parse_timestamp

_DAY = (
    r"(?:(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"|(?P<day_first>\d\d?)\.(?P<month_second>\d\d?)\.(?P<year_last>\d{4}|\d\d))"
)
_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?"
_OFFSET = r"(?P<offset>[Zz]|[+-]\d\d:?\d\d)"
_TIME = re.compile(rf"{_DAY}(?:(?:[Tt]|,? +){_CLOCK}(?: ?{_OFFSET})?)?\Z", re.ASCII)


class UnreadableTime(ValueError):
    """The reason, as the end of a sentence that begins with the field's label."""


def time_of_cell(text: str, zone: ZoneInfo, *, ends_day: bool) -> datetime:
    """Return the time of a cell, which is local in `zone` unless the cell has an offset.

    A day without a time means 00:00, or the end of the day if `ends_day`. Raises UnreadableTime.
    """
    match = _TIME.match(text)
    if not match:
        raise UnreadableTime(_must_be(text))
    try:
        if match["offset"]:
            return _with_offset(match)
        local = _local(match) + timedelta(days=ends_day and not match["hour"])
        return _moment_of(local, zone, text)
    except UnreadableTime:
        raise
    except (ValueError, OverflowError):
        raise UnreadableTime(_must_be(text)) from None


def write_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return 2026-11-29 18:00, with seconds if needed, and with the offset if it occurs twice."""
    local = moment.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"
    return (
        f"{text}{offset_text(moment, zone)}"
        if len(times_of(in_zone(moment, zone), zone)) > 1
        else text
    )


def _with_offset(match: re.Match[str]) -> datetime:
    offset = match["offset"].upper().replace(":", "")
    colon = offset if offset == "Z" else f"{offset[:3]}:{offset[3:]}"
    return parse_timestamp(f"{_local(match).isoformat()}{colon}")


def _local(match: re.Match[str]) -> datetime:
    year = match["year"] or match["year_last"]
    month = int(match["month"] or match["month_second"])
    day = int(match["day"] or match["day_first"])
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    return datetime(int(year if len(year) == 4 else f"20{year}"), month, day, hour, minute, second)


def _moment_of(local: datetime, zone: ZoneInfo, text: str) -> datetime:
    moments = times_of(local, zone)
    if not moments:
        raise UnreadableTime(
            _("does not exist at {time} in {zone}, because the clocks go forward.").format(
                time=text, zone=zone.key
            )
        )
    if len(moments) > 1:
        first, second = (offset_text(moment, zone) for moment in moments)
        raise UnreadableTime(
            _("occurs twice at {time} in {zone}. Write {first} or {second} after the time.").format(
                time=text, zone=zone.key, first=first, second=second
            )
        )
    return in_calendar(moments[0])


def _must_be(text: str) -> str:
    rule = _("must be a date such as 29.11.2026 18:00 or 2026-11-29 18:00, not “{text}”.")
    return rule.format(text=text[:40])
