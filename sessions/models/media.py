"""The sessions and members that the media server may know.

A row is written before the first call to the media server, and deleted after the last one. So a
worker finds calls that failed in between and repeats them. Only sessions/media/seats.py and
sessions/media/sync.py write these; with MEDIA_SERVER=none there are no rows.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class MediaRoomQuerySet(models.QuerySet["MediaRoom"]):
    def request_sync(self, *session_ids: Any) -> None:
        """Make a worker synchronize these sessions with the media server at its next turn."""
        if settings.MEDIA_SERVER == "none":
            # Without a media server there are no rows, and changes need no statement.
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
        default=dict, db_column="told", help_text="The settings sent last."
    )
    look_at = models.DateTimeField(
        default=timezone.now, db_index=True, help_text="Time of the next synchronization."
    )
    locked_until = models.DateTimeField(
        null=True,
        db_column="busy_until",
        help_text="Time until which one worker has the row.",
    )

    objects = MediaRoomQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class MediaSeat(models.Model):
    """A member with a place on the media server."""

    member = models.OneToOneField(
        "room_sessions.Member",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="media_seat",
    )
    room = models.ForeignKey(MediaRoom, on_delete=models.CASCADE, related_name="seats")
    expected_by = models.DateTimeField(
        null=True, help_text="Time by which the member must connect; null after that."
    )

    def __str__(self) -> str:
        return str(self.pk)
