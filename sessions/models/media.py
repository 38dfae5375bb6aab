"""What the media server may know of sessions and members, until it was told that they are over.

A row is written before the media server hears of anything, and deleted after it has forgotten:
whatever fails in between is found here and said again. Only sessions/media/seats.py and
sessions/media/sync.py write these; with MEDIA_SERVER=none there are no rows.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class MediaRoomQuerySet(models.QuerySet["MediaRoom"]):
    def request_sync(self, *session_ids: Any) -> None:
        """Have a worker compare these sessions with the media server at its next turn."""
        if settings.MEDIA_SERVER == "none":
            # There are no rows then: this saves every change a statement.
            return
        self.filter(pk__in=session_ids).update(look_at=timezone.now())


class MediaRoom(models.Model):
    """A session that the media server may have a room for."""

    session = models.OneToOneField(
        "room_sessions.RoomSession",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="media_room",
    )
    pushed_settings = models.JSONField(
        default=dict, db_column="told", help_text="The settings that were sent last."
    )
    look_at = models.DateTimeField(
        default=timezone.now, db_index=True, help_text="When to compare both sides again."
    )
    locked_until = models.DateTimeField(
        null=True,
        db_column="busy_until",
        help_text="When another worker may take over.",
    )

    objects = MediaRoomQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class MediaSeat(models.Model):
    """A member whom the media server may let in."""

    member = models.OneToOneField(
        "room_sessions.Member",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="media_seat",
    )
    room = models.ForeignKey(MediaRoom, on_delete=models.CASCADE, related_name="seats")
    expected_by = models.DateTimeField(
        null=True, help_text="Until when they have to turn up; null once they have been seen."
    )

    def __str__(self) -> str:
        return str(self.pk)
