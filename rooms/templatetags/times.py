"""Times, states and values as pages show them, in the user's time zone."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.markup import pill
from access.staff.times import clock, time_tag
from rooms.display.admissions import refused_text
from rooms.display.refusals import in_words
from rooms.display.times import relative
from rooms.display.values import TimeValue

register = template.Library()


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """Render a time in the user's zone, with the exact time as the tooltip."""
    return time_tag(moment) if moment else "—"


@register.filter
def clock_time(moment: datetime) -> SafeString:
    """Render the time of day in the user's zone, with the day as the tooltip."""
    return time_tag(moment, clock(timezone.localtime(moment)))


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
    text = time_tag(value.moment, value) if isinstance(value, TimeValue) else escape(value)
    return SafeString(f'<span class="value" dir="auto">{text}</span>')


register.filter("in_words", in_words)
register.filter("refused", refused_text)


register.simple_tag(pill)
