"""Background jobs: a preview of a change of many rooms, and then the change itself.

A job outlives its request, its browser tab and its worker (docs/adr/0010-jobs-in-the-database.md).
Its rooms are rows, so that a long preview has pages, and the change is exactly its preview.
"""

import contextlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from access.database.batches import delete_in_batches
from access.values.identifiers import UUID7Field
from rooms.models.exact_json import ExactJSONField

# Without a heartbeat for this time, a job has lost its worker.
LEASE = timedelta(seconds=60)
# A job that fails this often crashes its workers.
MOST_ATTEMPTS = 5
# Jobs and their results are kept for this time.
KEPT = timedelta(days=7)


class LeaseLost(Exception):
    """Another worker has the job, or it was stopped; the current batch is rolled back."""


class JobKind(models.TextChoices):
    CHANGE = "change", _("Change")
    IMPORT = "import", _("Import")
    UNDO = "undo", _("Undo")


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WORKING = "working", _("Working")
    READY = "ready", _("Ready to apply")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Stopped")


class Phase(models.TextChoices):
    """The current step of a job."""

    PREVIEW = "preview", _("Checking each room")
    EACH = "each", _("Changing the rooms")
    CHECK = "check", _("Checking all rooms again")
    WRITE = "write", _("Saving all changes")


MOVING = (JobState.WAITING, JobState.WORKING)


class Job(models.Model):
    """A job. Its id is the bulk id of its changes."""

    id = UUID7Field()
    kind = models.TextField(choices=JobKind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs"
    )
    request_id = models.TextField(blank=True, default="")
    zone = models.TextField(default="UTC", help_text="Time zone for warnings about clock changes.")
    request = ExactJSONField(
        default=dict,
        db_column="asked",
        help_text="The user's request, by kind.",
    )
    mode = models.TextField(blank=True, default="", help_text="Empty until the job is applied.")
    auto_apply = models.BooleanField(
        default=False,
        db_column="goes_on",
        help_text="Apply without a preview if no room has a fault.",
    )
    state = models.TextField(choices=JobState, default=JobState.WAITING)
    phase = models.TextField(choices=Phase, default=Phase.PREVIEW)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0, help_text="Finished rooms in this phase.")
    preview_counts = models.JSONField(
        default=dict, db_column="shown", help_text="Number of rooms by outcome, in the preview."
    )
    result_counts = models.JSONField(
        default=dict, db_column="fared", help_text="Number of rooms by outcome, once applied."
    )
    is_applied = models.BooleanField(default=False)
    worker = models.UUIDField(null=True)
    attempts = models.IntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bulk edit")
        verbose_name_plural = _("bulk edits")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("owner", "id"), name="job_of_owner"),
            models.Index(
                fields=("heartbeat",),
                condition=models.Q(state__in=("waiting", "working")),
                name="job_moving",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.total} rooms: {self.state}"

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING

    @property
    def can_stop(self) -> bool:
        """Whether each room is either unchanged or completely changed after a stop now."""
        return self.is_moving and self.phase != Phase.WRITE and not self.stop_asked

    @property
    def is_unattended(self) -> bool:
        """Whether the job has waited so long that no worker seems to run."""
        return self.is_moving and self.heartbeat < timezone.now() - LEASE / 4

    @classmethod
    def claim(cls, *, only: "Job | None" = None) -> "Job | None":
        """Claim the job that has waited longest or lost its worker; return None without one."""
        now = timezone.now()
        lost = models.Q(state=JobState.WORKING, heartbeat__lt=now - LEASE)
        due = cls.objects.filter(models.Q(state=JobState.WAITING) | lost)
        if only:
            due = due.filter(pk=only.pk)
        with transaction.atomic():
            # The worker of a locked job is running.
            job = due.order_by("heartbeat").select_for_update(skip_locked=True).first()
            if job is None:
                return None
            job._take_up(now)
            return job

    def _take_up(self, now: Any) -> None:
        self.worker, self.heartbeat = uuid7(), now
        self.attempts += 1
        self.started_at = self.started_at or now
        self.state = JobState.WORKING if self.attempts <= MOST_ATTEMPTS else JobState.FAILED
        self.save()

    def keep(self, **moved: Any) -> None:
        """Save progress as the worker of this job; raise LeaseLost if it has another worker.

        The caller runs this in the transaction that changes the counted rooms.
        """
        mine = Job.objects.filter(pk=self.pk, worker=self.worker, state=JobState.WORKING)
        if mine.update(heartbeat=timezone.now(), **moved) != 1:
            raise LeaseLost
        for name, value in moved.items():
            setattr(self, name, value)

    def put_back(self) -> None:
        """Release the job; it waits for its next turn."""
        with contextlib.suppress(LeaseLost):
            self.keep(state=JobState.WAITING, attempts=0)

    def apply(self, mode: str) -> bool:
        """Queue the change of a preview; return False if the preview is no longer open."""
        moved = {
            "state": JobState.WAITING,
            "mode": mode,
            "phase": Phase.EACH if mode == "valid" else Phase.CHECK,
            "total": self.preview_counts.get("changed", 0) + self.preview_counts.get("created", 0),
            **_RESET,
        }
        ready = Job.objects.filter(pk=self.pk, state=JobState.READY)
        return ready.update(heartbeat=timezone.now(), **moved) == 1

    def stop(self) -> bool:
        """Stop the job after its current batch; return False if it cannot be stopped."""
        stoppable = Job.objects.filter(pk=self.pk, state__in=MOVING).exclude(phase=Phase.WRITE)
        return stoppable.update(stop_asked=True) == 1

    def take_up_again(self) -> bool:
        """Continue a failed job from its last batch."""
        failed = Job.objects.filter(pk=self.pk, state=JobState.FAILED)
        return failed.update(state=JobState.WAITING, attempts=0, heartbeat=timezone.now()) == 1


_RESET = {"done": 0, "attempts": 0, "stop_asked": False, "result_counts": {}}


def delete_old_jobs(now: Any) -> int:
    """Delete finished jobs older than KEPT, not their changes; return how many jobs."""
    old = Job.objects.filter(created_at__lt=now - KEPT).exclude(state__in=MOVING)
    # A job can have ten thousand rows.
    return delete_in_batches(old, size=5)
