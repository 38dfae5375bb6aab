"""Sentences with counts for the pages of sessions."""

from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from rooms.display.times import span
from sessions.models import LeaveReason, Member, RoomSession
from sessions.pages.charts import Plot
from sessions.worker.monitoring import Lateness


def duration(session: RoomSession, now: datetime) -> str:
    """Return the duration of a session, up to now if it is live."""
    return span((session.end_time or max(now, session.start_time)) - session.start_time)


def inside_text(inside: int) -> str:
    """Return "3 inside"."""
    return ngettext("%(inside)s inside", "%(inside)s inside", inside) % {"inside": inside}


def visits_text(plot: Plot, visits: int) -> str:
    """Return "13 visits, peak 5 inside."."""
    return ngettext(
        "%(visits)s visit, peak %(most)s inside.",
        "%(visits)s visits, peak %(most)s inside.",
        visits,
    ) % {"visits": visits, "most": plot.most}


def removed_text(member: Member) -> str:
    """Return the message after a member was removed, or had left and was perhaps blocked."""
    if member.leave_reason != LeaveReason.REMOVED:
        text = _already_left_text(member)
    elif member.blocked_at:
        text = gettext("%s was removed and blocked. Their link no longer works.")
    else:
        text = gettext("%s was removed. They can rejoin with their link.")
    return text % (member.name or gettext("The member"))


def _already_left_text(member: Member) -> str:
    if member.blocked_at:
        return gettext("%s had already left and is blocked. Their link no longer works.")
    return gettext("%s had already left. They can rejoin with their link.")


def end_text(inside: int) -> str:
    """Return the consequence of ending the session for its members."""
    return ngettext(
        "%(inside)s person is inside and will be removed immediately. "
        "The room stays; the next person to join starts a new session.",
        "%(inside)s people are inside and will be removed immediately. "
        "The room stays; the next person to join starts a new session.",
        inside,
    ) % {"inside": inside}


def apply_text(inside: int) -> str:
    """Return the sentence above the settings that a session would take over."""
    return ngettext(
        "%(inside)s person is inside. These settings will apply immediately:",
        "%(inside)s people are inside. These settings will apply immediately:",
        inside,
    ) % {"inside": inside}


def removal_text(removed: int) -> str:
    return ngettext(
        "%(removed)s person will be removed immediately.",
        "%(removed)s people will be removed immediately.",
        removed,
    ) % {"removed": removed}


def apply_button(removed: int) -> str:
    if not removed:
        return gettext("Apply to session")
    return ngettext(
        "Apply and remove %(removed)s person", "Apply and remove %(removed)s people", removed
    ) % {"removed": removed}


def more_text(more: int) -> str:
    return ngettext("And %(more)s more.", "And %(more)s more.", more) % {"more": more}


def overdue_text(overdue: int) -> str:
    return ngettext(
        "%(overdue)s member has stayed past the time limit.",
        "%(overdue)s members have stayed past the time limit.",
        overdue,
    ) % {"overdue": overdue}


def lateness_text(late: Lateness) -> str:
    """Return how late the workers removed members."""
    return ngettext(
        "The last timed removal was %(most)s late.",
        "In the last %(count)s timed removals, 99 of 100 were at most %(p99)s late "
        "and the maximum was %(most)s.",
        late.count,
    ) % {"count": late.count, "p99": short_span(late.p99), "most": short_span(late.most)}


def short_span(length: timedelta) -> str:
    """Return a length below a minute to a tenth of a second, a longer one in its units."""
    seconds = length.total_seconds()
    return gettext("%s s") % number_format(seconds, 1) if seconds < 60 else span(length)
