"""Parse and format times: RFC 3339 in UTC with whole seconds."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone

# Other years overflow in some time zones, or make no sense for a room.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)

# Without re.ASCII, \d matches full-width digits; $ would allow a final newline.
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?"
_OFFSET = r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>\d\d):(?P<offset_minute>\d\d))"
_TIMESTAMP = re.compile(rf"{_DATE}(?:[Tt]{_CLOCK}{_OFFSET})?\Z", re.ASCII)

# <input type="datetime-local"> sends no time zone, and no seconds if they are zero.
DATETIME_LOCAL = re.compile(r"\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z", re.ASCII)


def parse_timestamp(text: str, *, to_microsecond: bool = False) -> datetime:
    """Return the time `text` as an aware datetime in UTC, without a fraction of a second.

    Accepts RFC 3339 with any offset, or YYYY-MM-DD for midnight UTC. Fractions are
    dropped, unless `to_microsecond` keeps six digits. A leap second becomes the start of
    the next minute, because neither Python nor PostgreSQL can store it. Raises ValueError.
    """
    match = _TIMESTAMP.match(text)
    if not match:
        raise ValueError("not RFC 3339")
    time = in_calendar(_utc_time(match))
    fraction = match["fraction"] if to_microsecond else None
    return time.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else time


def parse_local(text: str) -> datetime:
    """Return the time that <input type="datetime-local"> sends, naive and to the second.

    Raises ValueError, also for the first and the last year, which overflow in some zones.
    """
    if not DATETIME_LOCAL.match(text):
        raise ValueError("not a local time")
    local = datetime.fromisoformat(text).replace(microsecond=0)
    if not MINYEAR < local.year < MAXYEAR:
        raise ValueError("outside of the calendar")
    return local


def from_epoch(seconds: float) -> datetime:
    """Return the time of a number of seconds since 1970. Raises ValueError."""
    try:
        return in_calendar(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, TypeError) as wrong:
        raise ValueError("no such number of seconds") from wrong


def in_calendar(time: datetime) -> datetime:
    """Return an aware time that every zone can show. Raises ValueError for another one."""
    if not EARLIEST <= time <= LATEST:
        raise ValueError("outside of the years 1970 to 2999")
    return time


def format_timestamp(time: datetime) -> str:
    """Return `time` as 2025-06-13T20:34:03Z."""
    # Times from the database are already in UTC.
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    # This takes half the time of isoformat().
    parts = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % parts  # noqa: UP031 - an f-string is no quicker


def whole_second(time: datetime) -> datetime:
    """Return `time` without its fraction of a second, as rooms store it."""
    return time.replace(microsecond=0)


def _utc_time(match: re.Match[str]) -> datetime:
    part = {name: int(text) for name, text in match.groupdict("0").items() if name != "sign"}
    leap = part["second"] == 60
    second = 59 if leap else part["second"]
    local = datetime(
        part["year"], part["month"], part["day"], part["hour"], part["minute"], second,
        tzinfo=_zone(part["offset_hour"], part["offset_minute"], match["sign"]),
    )  # fmt: skip
    try:
        time = local.astimezone(UTC)
    except OverflowError as overflow:
        raise ValueError("outside of the calendar") from overflow
    return _next_minute(time) if leap else time


def _zone(hours: int, minutes: int, sign: str | None) -> timezone:
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _next_minute(time: datetime) -> datetime:
    if (time.hour, time.minute) != (23, 59):
        raise ValueError("leap seconds come at 23:59 UTC")
    return time + timedelta(seconds=1)
