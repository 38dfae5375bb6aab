"""Applying a room's settings to its session in progress, after a preview."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.changes.authors import author_of
from rooms.display.values import label, moved
from rooms.models.history import Channel
from sessions.lifecycle.live_settings import SETTINGS, AppliedSettings, SessionEnded, apply_settings
from sessions.media.server import media_server
from sessions.models import RoomSession
from sessions.pages import wording

# Further members are only counted.
LISTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("room_sessions.view_roomsession", "room_sessions.change_roomsession")
def apply_to_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Preview the changed settings and the members who must leave; POST applies them."""
    session = _found(request, session_id)
    if session.end_time is not None:
        return _session_has_ended(request, session)
    now = timezone.now()
    try:
        # One transaction locks the session, so the applied settings are those of the preview.
        with transaction.atomic():
            applied = _apply(request, session, now, dry_run=True)
            done = request.method == "POST" and request.POST.get("seen") == _digest(applied, now)
            if done:
                _apply(request, session, now, dry_run=False)
    except SessionEnded:
        return _session_has_ended(request, session)
    except ValidationError as refusal:
        return _render_page(request, session, now, refusal=refusal)
    if not done:
        return _render_page(request, session, now, applied)
    messages.success(request, gettext("The room's settings now apply to the session."))
    return redirect("session-page", session_id=session.pk)


def _found(request: HttpRequest, session_id: UUID) -> RoomSession:
    sessions = RoomSession.objects.filter(visible_to(request.user)).select_related("room")
    session = sessions.filter(pk=session_id).first()
    # A room with a session in progress cannot be deleted.
    if session is None or session.room is None:
        raise Http404
    return session


def _apply(
    request: HttpRequest, session: RoomSession, now: datetime, *, dry_run: bool
) -> AppliedSettings:
    return apply_settings(
        RoomSession.objects.filter(visible_to(request.user)),
        session.pk,
        {name: getattr(session.room, name) for name in SETTINGS},
        by=author_of(request, Channel.FORM),
        dry_run=dry_run,
        at=now,
    )


def _digest(applied: AppliedSettings, now: datetime) -> str:
    """Return a digest of the preview: the changes and the members who must leave now."""
    out = sorted(str(one.member.pk) for one in applied.removals if one.at and one.at <= now)
    text = json.dumps([applied.as_json(), out], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _render_page(
    request: HttpRequest,
    session: RoomSession,
    now: datetime,
    applied: AppliedSettings | None = None,
    refusal: ValidationError | None = None,
) -> HttpResponse:
    changes = applied.as_json() if applied else {}
    removals = applied.removals if applied else []
    removed = sum(one.at is not None and one.at <= now for one in removals)
    unsupported = media_server().unsupported.intersection(changes)
    context = {
        "here": "sessions",
        "session": session,
        "room": session.room,
        "now": now,
        "moved": moved(changes),
        "faults": refusal.messages if refusal else [],
        "removals": removals[:LISTED],
        "more_text": wording.more_text(more) if (more := len(removals) - LISTED) > 0 else "",
        "removal_text": wording.removal_text(removed) if removed else "",
        "apply_text": wording.apply_text(session.count_inside()),
        "apply_button": wording.apply_button(removed),
        "unsupported": sorted(label(name) for name in unsupported),
        "seen": _digest(applied, now) if applied else "",
        "has_changed": request.method == "POST" and applied is not None,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "sessions/apply.html", context, status=status)


def _session_has_ended(request: HttpRequest, session: RoomSession) -> HttpResponse:
    messages.info(request, gettext("The session has ended. Settings can no longer be applied."))
    return redirect("session-page", session_id=session.pk)
