"""Events of sessions. Only sessions/lifecycle/events.py writes these rows."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.values.numbered_ids import NumberedIds
from rooms.rules.constraints import OneOf
from rooms.rules.fields import StrictChoiceField
from sessions.models.session import RoomSession

# A recording has the number of the event of its start.
EVENT_IDS, RECORDING_IDS = NumberedIds("events"), NumberedIds("record")


class SessionEventType(models.TextChoices):
    ROOM_STARTED = "room.started", _("The session started")
    ROOM_UPDATED = "room.updated", _("Settings were applied")
    ROOM_ENDED = "room.ended", _("The session ended")
    MEMBER_JOINED = "member.joined", _("A member joined")
    MEMBER_LEFT = "member.left", _("A member left")
    MEMBER_BLOCKED = "member.blocked", _("A member was blocked")
    MEMBER_UNBLOCKED = "member.unblocked", _("A member was unblocked")
    RECORDING_STARTED = "recording.started", _("Recording started")
    RECORDING_ENDED = "recording.ended", _("Recording ended")
    RECORDING_READY = "recording.ready", _("Recording composed")
    RECORDING_FAILED = "recording.failed", _("Recording not composed")
    RECORDING_DELETED = "recording.deleted", _("Recording deleted")
    RECORDING_RESTORED = "recording.restored", _("Recording restored")


class SessionEvent(models.Model):
    """An event of a session."""

    # Ids are assigned under the session's lock, so they have the order of the events.
    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(
        RoomSession, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    project_id = models.UUIDField(editable=False)
    type = StrictChoiceField(choices=SessionEventType)
    at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints = (OneOf("type", SessionEventType),)
        indexes = (
            models.Index(fields=("session", "id"), name="sessionevent_of_session"),
            models.Index(
                fields=("project_id", "id"),
                condition=Q(type=SessionEventType.RECORDING_STARTED),
                name="sessionevent_recording",
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} at {self.at:%Y-%m-%d %H:%M:%S}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert a new row; existing rows cannot be saved."""
        if not self._state.adding:
            raise TypeError("Events cannot be changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Events cannot be deleted one by one.")
