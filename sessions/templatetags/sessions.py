"""Sessions, and what happened in them, as pages say it."""

from datetime import datetime, timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.display.times import span
from rooms.display.values import moved
from sessions.models import LeaveReason, RoomSession, SessionEvent
from sessions.pages.overview import WarningKind

register = template.Library()


@register.simple_tag
def lasted(session: RoomSession, now: datetime) -> str:
    """Say how long a session lasted, or has lasted by now."""
    return span((session.end_time or max(now, session.start_time)) - session.start_time)


@register.simple_tag
def event_details(event: SessionEvent) -> str:
    """Say what an event's payload says, in a line."""
    payload = event.payload
    if "changes" in payload:
        fields = ", ".join(
            f"{one.label}: {one.before or '—'} → {one.after or '—'}"
            for one in moved(payload["changes"])
        )
        return f"{fields} ({payload['by']})" if payload.get("by") else fields
    name = (payload.get("member") or {}).get("name")
    reason = dict(LeaveReason.choices).get(payload.get("reason"), payload.get("reason"))
    return " · ".join(str(one) for one in (name, reason) if one) or "—"


@register.filter
def seconds(length: timedelta) -> str:
    """Say a short span to a tenth of a second; a long one in its units."""
    short = length.total_seconds()
    return gettext("%s s") % number_format(short, 1) if short < 60 else span(length)


SENTENCES = {
    WarningKind.OPENS_FAR_OFF: _("It does not open for more than a year."),
    WarningKind.REMOVES_BEFORE_CLOSE: _("It removes everyone before joining ends."),
    WarningKind.CAP_BELOW_INSIDE: _("More are inside than it may hold: nobody new gets in."),
    WarningKind.OVER_BUT_LIVE: _(
        "The room should be empty by now, but its session goes by older settings."
    ),
}


@register.filter
def oddity(what: WarningKind) -> str:
    return str(SENTENCES[what])
