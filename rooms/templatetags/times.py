"""Times, states and values as pages show them, in the user's time zone."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.markup import pill
from rooms.display.admissions import refused_text
from rooms.display.refusals import in_words
from rooms.display.times import day_and_time, relative

register = template.Library()


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """Render a time in the user's zone, with UTC in the attribute and as the tooltip."""
    if not moment:
        return "—"
    utc = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return _time(utc, f"{utc.replace('T', ' ')} UTC", day_and_time(moment))


@register.filter
def clock_time(moment: datetime) -> SafeString:
    """Render the time of day in the user's zone, with the day as the tooltip."""
    return time_tag(moment, f"{timezone.localtime(moment):%H:%M}")


@register.filter
def ago(moment: datetime | None) -> str | SafeString:
    """Render the distance of a time from now, with the time as the tooltip."""
    if not moment:
        return "—"
    return time_tag(moment, relative(moment, timezone.now()))


@register.filter
def as_value(value: str | None) -> SafeString:
    """Render a value of history, of a preview or of a conflict; None as "none"."""
    if value is None:
        none = gettext("none")
        return SafeString(f'<span class="quiet">{escape(none)}</span>')
    return SafeString(f'<span class="value" dir="auto">{escape(value)}</span>')


register.filter("in_words", in_words)
register.filter("refused", refused_text)


register.simple_tag(pill)


@register.simple_tag
def time_tag(moment: datetime, words: str) -> SafeString:
    """Render `words` that stand for a time, with the time in the attribute and the tooltip."""
    return _time(f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", day_and_time(moment), words)


def _time(utc: str, title: str, words: str) -> SafeString:
    # Not format_html(), which is slow for the hundreds on a page.
    return SafeString(f'<time datetime="{utc}Z" title="{escape(title)}">{escape(words)}</time>')
