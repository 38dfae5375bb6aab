"""The effect of a change of a room on its session in progress, for dry runs."""

from typing import Any

from django.core.exceptions import ValidationError

from rooms.changes.validation import Change
from rooms.models.history import Author, AuthorKind, Channel
from sessions.api.serializers import serialize_applied
from sessions.lifecycle.live_settings import SETTINGS, SessionEnded, apply_settings
from sessions.models import RoomSession

# A dry run records no author.
NOBODY = Author(kind=AuthorKind.SYSTEM, id="", name="", channel=Channel.API)


def of(change: Change) -> dict[str, Any] | None:
    """Return the effect on the session in progress, also if the change were applied to it now."""
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
        # The session's schedule may differ from the room's, so the same change may be invalid.
        return {"refused": refused.messages}
    except (RoomSession.DoesNotExist, SessionEnded):
        return None
