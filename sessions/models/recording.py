"""Recordings of sessions, and the films that mixers compose of them.

sessions/media/ and sessions/mixing/ write these rows.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Project
from access.values.identifiers import UUID7Field
from rooms.rules.constraints import OneOf
from rooms.rules.fields import StrictBooleanField, StrictChoiceField, StrictIntegerField
from sessions.models.session import RoomSession

# A deleted recording has its files for this time.
RESTORABLE_FOR = timedelta(hours=72)


class RecordingState(models.TextChoices):
    RECORDING = "recording", _("Recording")
    RAW = "raw", _("Raw files only")
    COMPOSING = "composing", _("Composing")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    DELETED = "deleted", _("Deleted")


class RecordingQuerySet(models.QuerySet["Recording"]):
    def kept(self) -> Self:
        """Return those that are not deleted."""
        return self.filter(deleted_at=None)

    def with_files_to_remove(self, now: datetime) -> Self:
        """Return those that cannot be restored any more, the longest deleted first."""
        deleted_before = now - RESTORABLE_FOR
        due = self.filter(deleted_at__lte=deleted_before, files_removed_at=None)
        return due.order_by("deleted_at")

    def with_days_kept(self) -> Self:
        """Add `days_kept`: the days for which its project keeps it, None for ever."""
        project = Project.objects.filter(pk=OuterRef("project_id"))
        return self.annotate(days_kept=Subquery(project.values("recording_days")))


class Recording(models.Model):
    """A recording of a session. Its row stays after the deletion of its files."""

    # The number of the event recording.started: RECORDING_IDS makes the UUID of it.
    id = models.BigIntegerField(primary_key=True)
    session = models.ForeignKey(
        RoomSession, on_delete=models.CASCADE, related_name="recordings", db_index=False
    )
    project_id = models.UUIDField(editable=False)
    state = StrictChoiceField(choices=RecordingState, default=RecordingState.RECORDING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, help_text="Null during the recording.")
    deleted_at = models.DateTimeField(null=True, help_text="Null unless it is deleted.")
    former_state = StrictChoiceField(
        choices=RecordingState, null=True, help_text="The state that a restoration gives back."
    )
    restored_at = models.DateTimeField(null=True, help_text="Time of the last restoration.")
    files_removed_at = models.DateTimeField(
        null=True, help_text="Time at which a mixer removed the film and the raw files."
    )

    objects = RecordingQuerySet.as_manager()

    # Only a row from with_days_kept() has it.
    days_kept: int | None

    class Meta:
        ordering = ("-id",)
        constraints = (
            OneOf("state", RecordingState),
            models.CheckConstraint(
                condition=Q(state="deleted", deleted_at__isnull=False, former_state__isnull=False)
                | Q(deleted_at=None, former_state=None, files_removed_at=None)
                & ~Q(state="deleted"),
                name="recording_deleted_at_a_time",
            ),
        )
        indexes = (
            models.Index(fields=("project_id", "id"), name="recording_newest_in_project"),
            models.Index(fields=("session", "id"), name="recording_of_session"),
            models.Index(
                fields=("project_id", "id"),
                condition=Q(deleted_at=None),
                name="recording_kept_in_project",
            ),
            # For the days of a project.
            models.Index(
                fields=("project_id", "finished_at"),
                condition=Q(deleted_at=None),
                name="recording_finished",
            ),
            models.Index(
                fields=("deleted_at",),
                condition=Q(deleted_at__isnull=False, files_removed_at=None),
                name="recording_with_files_to_remove",
            ),
        )

    def __str__(self) -> str:
        return f"Recording {self.pk}: {self.state}"


class CompositionState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    COMPOSING = "composing", _("Composing")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped by a deletion")
    DELETED = "deleted", _("Deleted")


# The states in which a mixer has work to do.
UNFINISHED = (CompositionState.QUEUED, CompositionState.COMPOSING)


class CompositionQuerySet(models.QuerySet["Composition"]):
    def due(self, now: datetime) -> Self:
        """Return those that a mixer may take."""
        return self.filter(state__in=UNFINISHED, locked_until__lte=now)


class Composition(models.Model):
    """A film of a recording in one layout; its id is the name of its file."""

    id = UUID7Field()
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="compositions")
    state = StrictChoiceField(choices=CompositionState, default=CompositionState.QUEUED)
    layout = models.TextField()
    quality = models.TextField()
    fps = StrictIntegerField()
    in_sync = StrictBooleanField(help_text="The setting audio_video_sync.")
    without = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="The ids of members whom the film leaves out.",
    )
    format = models.TextField(
        default="mp4", db_default="mp4", help_text="The container of the file: mp4 or webm."
    )
    uri = models.TextField(
        default="", db_default="", help_text="Address of a film that a gateway reported."
    )
    done = models.FloatField(default=0, help_text="The share of the film that exists.")
    attempts = StrictIntegerField(default=0)
    locked_until = models.DateTimeField(
        default=timezone.now, help_text="Time until which one mixer has the row."
    )
    fault = models.TextField(default="", help_text="Why it failed, or which files it lacks.")
    size_in_bytes = models.BigIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="Length of the film.")
    cpu_seconds = models.FloatField(null=True, help_text="CPU time of the composition.")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = CompositionQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (OneOf("state", CompositionState),)
        indexes = (
            models.Index(
                fields=("locked_until",),
                condition=Q(state__in=("queued", "composing")),
                name="composition_due",
            ),
        )

    def __str__(self) -> str:
        return f"Composition {self.pk}: {self.state}"
