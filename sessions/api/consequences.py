"""What a change of a room would mean for its session in progress (a dry run says so)."""

from typing import Any

from django.core.exceptions import ValidationError

from rooms.changes.validation import Change
from rooms.models.history import Author, AuthorKind, Door
from sessions.api.serializers import serialize_applied
from sessions.lifecycle.live_settings import SETTINGS, SessionEnded, apply_settings
from sessions.models import RoomSession

# Who a dry run is by is written nowhere.
NOBODY = Author(kind=AuthorKind.SYSTEM, id="", name="", door=Door.API)


def of(change: Change) -> dict[str, Any] | None:
    """Return what a change means for the session in progress, and what it would, if applied now."""
    session = change.room.active_session
    if session is None:
        return None
    now = _applied_now(session, change)
    return now and {
        "room_session_id": str(session.pk),
        "takes_effect": "next_session",
        "applied_now": now,
    }


def _applied_now(session: RoomSession, change: Change) -> dict[str, Any] | None:
    values = {name: after for name, (_, after) in change.moved.items() if name in SETTINGS}
    sessions = RoomSession.objects.filter(pk=session.pk)
    try:
        return serialize_applied(
            apply_settings(sessions, session.pk, values, by=NOBODY, dry_run=True)
        )
    except ValidationError as refused:
        # Of the room's window and the session's, only one may have moved.
        return {"refused": refused.messages}
    except (RoomSession.DoesNotExist, SessionEnded):
        return None
