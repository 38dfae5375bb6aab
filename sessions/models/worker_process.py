"""The processes of the worker, with their start and last heartbeat."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from access.values.identifiers import UUID7Field

# Without a heartbeat for this time, a worker has ended.
SILENT_AFTER = timedelta(seconds=20)


class WorkerKind(models.TextChoices):
    WORKER = "worker", "worker"
    MIXER = "mixer", "mixer"


class WorkerProcess(models.Model):
    """A worker process, kept for a week."""

    id = UUID7Field()
    # A worker of the former release writes none.
    kind = models.TextField(default=WorkerKind.WORKER, db_default=WorkerKind.WORKER)
    name = models.TextField(help_text="Host and process id.")
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True, help_text="Time of its end; null if it was killed.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
