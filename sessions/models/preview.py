"""The moving pictures of live sessions. Mixers write them, and the sessions' `preview_at`."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from sessions.models.session import RoomSession


class PreviewQuerySet(models.QuerySet["Preview"]):
    def due(self, now: datetime) -> Self:
        """Return those that a mixer may take: also of sessions whose previews are off now."""
        return self.filter(due_at__lte=now, locked_until__lte=now, session__end_time=None)

    def add_missing(self, now: datetime, limit: int) -> None:
        """Add the rows of live sessions with previews that have none."""
        live = RoomSession.objects.filter(end_time=None, enable_room_previews=True, preview=None)
        found = live.filter(media_room__isnull=False).order_by().values_list("pk", flat=True)
        rows = [self.model(session_id=pk, due_at=now, locked_until=now) for pk in found[:limit]]
        self.bulk_create(rows, ignore_conflicts=True)


class Preview(models.Model):
    """The newest moving picture of a session, and the time of the next one."""

    session = models.OneToOneField(
        RoomSession, primary_key=True, on_delete=models.CASCADE, related_name="preview"
    )
    picture = models.BinaryField(null=True, help_text="An animated WebP, or null without one.")
    due_at = models.DateTimeField(default=timezone.now, help_text="Time of the next picture.")
    locked_until = models.DateTimeField(
        default=timezone.now, help_text="Time until which one mixer has the row."
    )

    objects = PreviewQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("due_at",), name="preview_due"),)

    def __str__(self) -> str:
        return f"Preview of {self.pk}"
