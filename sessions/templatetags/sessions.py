"""Texts on sessions and their events for templates."""

from django import template
from django.utils.translation import gettext_lazy as _

from rooms.display.values import moved
from sessions.models import LeaveReason, SessionEvent, SessionEventType
from sessions.pages.fills import fill_meter, fill_pill, occupancy
from sessions.pages.overview import WarningKind
from sessions.pages.wording import inside_text, lateness_text, overdue_text

register = template.Library()
for text in (occupancy, fill_meter, fill_pill, inside_text, overdue_text, lateness_text):
    register.filter(text)


@register.filter
def event_type(event: SessionEvent) -> str:
    """Return the type in words; Django's get_type_display() translates all choices."""
    return str(SessionEventType(event.type).label)


@register.simple_tag
def event_details(event: SessionEvent) -> str:
    """Return the payload of an event as one line."""
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


SENTENCES = {
    WarningKind.OPENS_FAR_OFF: _("Opens more than a year from now."),
    WarningKind.REMOVES_BEFORE_CLOSE: _("Everyone leaves before the room closes."),
    WarningKind.CAP_BELOW_INSIDE: _("More people are inside than its capacity: no one can join."),
    WarningKind.FULL: _("Full: no one can join until someone leaves."),
    WarningKind.OVER_BUT_LIVE: _("The room should be empty, but its session uses older settings."),
}


@register.filter
def warning_text(what: WarningKind) -> str:
    return str(SENTENCES[what])
