"""What each worker leaves behind to be seen by: when it started, when it last did its round."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from access.values.identifiers import UUID7Field

# A worker that has not beaten for so long is not there any more.
SILENT_AFTER = timedelta(seconds=20)


class WorkerProcess(models.Model):
    """One run of the worker, kept for a week."""

    id = UUID7Field()
    name = models.TextField(help_text="Host and process id.")
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True, help_text="When it ended by itself; null if killed.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
