"""Moments, states and values as pages show them: in the reader's zone, and in words."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from access.staff.markup import pill
from rooms.display.times import day_and_time, relative, with_local_times

register = template.Library()


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """Draw a moment in the reader's zone; the same in UTC for programs, and on hover."""
    if not moment:
        return "—"
    utc = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return _time(utc, f"{utc.replace('T', ' ')} UTC", day_and_time(moment))


@register.filter
def ago(moment: datetime | None) -> str | SafeString:
    """Draw how far a moment is from now, the moment itself on hover."""
    if not moment:
        return "—"
    return said_at(moment, relative(moment, timezone.now()))


@register.filter
def shown(value: str | None) -> SafeString:
    """Draw a value of history, of a preview or of a conflict; none as such."""
    if value is None:
        return SafeString(f'<span class="quiet">{escape(gettext("none"))}</span>')
    return SafeString(f'<span class="value" dir="auto">{escape(value)}</span>')


register.filter("local_times", with_local_times)


register.simple_tag(pill)


@register.simple_tag
def said_at(moment: datetime, words: str) -> SafeString:
    """Draw words that say a moment; the moment itself for programs, and on hover."""
    return _time(f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", day_and_time(moment), words)


def _time(utc: str, title: str, words: str) -> SafeString:
    # Not by format_html(): pages have hundreds of these, and only two of the three are texts.
    return SafeString(f'<time datetime="{utc}Z" title="{escape(title)}">{escape(words)}</time>')
