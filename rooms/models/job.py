"""Work on many rooms for one person: looked at first, then done, room by room on record.

A job outlives the request that asked for it, the tab that shows it and the process that does
it (docs/adr/0010-jobs-in-the-database.md). Its rooms are rows, so that a preview of
thousands can be paged through, and what is done is what was shown.
"""

import contextlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from access.values.identifiers import UUID7Field

# A job that nobody has moved for so long has lost its worker.
LEASE = timedelta(seconds=60)
# Taken up so often and never finished: it is the job that ends its workers.
MOST_ATTEMPTS = 5
# How long a preview may wait for its answer, and a result be looked at again.
KEPT = timedelta(days=7)


class LeaseLost(Exception):
    """Somebody else has taken this job up, or it was stopped: what was being done is undone."""


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
    """What is being done to the rooms while a job is at work."""

    PREVIEW = "preview", _("Trying each room")
    EACH = "each", _("Changing the rooms")
    CHECK = "check", _("Checking all rooms once more")
    WRITE = "write", _("Writing all of them at once")


MOVING = (JobState.WAITING, JobState.WORKING)


class Job(models.Model):
    """One such work. Its id is the bulk id of what it changes."""

    id = UUID7Field()
    kind = models.TextField(choices=JobKind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs"
    )
    request_id = models.TextField(blank=True, default="")
    zone = models.TextField(default="UTC", help_text="Whose clock changes are warned of.")
    request = models.JSONField(
        default=dict, db_column="asked", help_text="What the user asked for, by kind."
    )
    mode = models.TextField(blank=True, default="", help_text="Empty until it is applied.")
    auto_apply = models.BooleanField(
        default=False,
        db_column="goes_on",
        help_text="Apply without a question if no room is refused.",
    )
    state = models.TextField(choices=JobState, default=JobState.WAITING)
    phase = models.TextField(choices=Phase, default=Phase.PREVIEW)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0, help_text="Rooms gone through in this phase.")
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
        """Say whether stopping it now leaves every room either as it was or as was wanted."""
        return self.is_moving and self.phase != Phase.WRITE and not self.stop_asked

    @property
    def is_unattended(self) -> bool:
        """Say whether it has waited so long that nobody seems to be working."""
        return self.is_moving and self.heartbeat < timezone.now() - LEASE / 4

    @classmethod
    def claim(cls, *, only: "Job | None" = None) -> "Job | None":
        """Take up the job that waits longest or has lost its worker; None where there is none."""
        now = timezone.now()
        lost = models.Q(state=JobState.WORKING, heartbeat__lt=now - LEASE)
        due = cls.objects.filter(models.Q(state=JobState.WAITING) | lost)
        if only:
            due = due.filter(pk=only.pk)
        with transaction.atomic():
            # A job whose row is locked is being written to: its worker lives.
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
        """Write progress as the worker of this job; raises Lost for any other.

        In the transaction of the rooms that it counts: either both are kept or neither.
        """
        mine = Job.objects.filter(pk=self.pk, worker=self.worker, state=JobState.WORKING)
        if mine.update(heartbeat=timezone.now(), **moved) != 1:
            raise LeaseLost
        for name, value in moved.items():
            setattr(self, name, value)

    def put_back(self) -> None:
        """Let go of it for now: it waits for its next turn."""
        with contextlib.suppress(LeaseLost):
            self.keep(state=JobState.WAITING, attempts=0)

    def apply(self, mode: str) -> bool:
        """Let what was shown be done; False if somebody has answered the preview already."""
        moved = {
            "state": JobState.WAITING,
            "mode": mode,
            "phase": Phase.EACH if mode == "valid" else Phase.CHECK,
            "total": self.preview_counts.get("changed", 0) + self.preview_counts.get("created", 0),
            **_AFRESH,
        }
        ready = Job.objects.filter(pk=self.pk, state=JobState.READY)
        return ready.update(heartbeat=timezone.now(), **moved) == 1

    def stop(self) -> bool:
        """Stop it after the rooms in hand; False if it can no longer be."""
        stoppable = Job.objects.filter(pk=self.pk, state__in=MOVING).exclude(phase=Phase.WRITE)
        return stoppable.update(stop_asked=True) == 1

    def take_up_again(self) -> bool:
        """Let a failed job go on where it was."""
        failed = Job.objects.filter(pk=self.pk, state=JobState.FAILED)
        return failed.update(state=JobState.WAITING, attempts=0, heartbeat=timezone.now()) == 1


_AFRESH = {"done": 0, "attempts": 0, "stop_asked": False, "result_counts": {}}


class JobRow(models.Model):
    """One room of a job: what would become of it, and what became of it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rooms")
    number = models.IntegerField(help_text="In the order of the rooms' ids; new rooms come last.")
    room_id = models.UUIDField(null=True)
    name = models.TextField(blank=True, default="")
    line = models.IntegerField(null=True, help_text="Of the file, where it came from one.")
    sent = models.TextField(blank=True, default="", help_text="The row of the file, as JSON.")
    outcome = models.TextField(blank=True, default="", help_text="Empty until it was tried.")
    result = models.TextField(blank=True, default="", help_text="Empty until it was applied.")
    version = models.IntegerField(null=True)
    changes = models.JSONField(null=True, help_text="Each field that moves: [before, after].")
    faults = models.JSONField(default=list, help_text="Why it is refused: [field, sentence, code].")
    is_live = models.BooleanField(default=False)
    crosses_clock = models.BooleanField(
        default=False, help_text="A moment of it is moved over a clock change."
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("job", "number"), name="jobrow_one_a_number"),
        )

    def __str__(self) -> str:
        return f"{self.name or self.room_id}: {self.result or self.outcome or 'not tried yet'}"


def forget_old(now: Any) -> None:
    """Delete the jobs of last week; what they changed is in the history."""
    Job.objects.filter(created_at__lt=now - KEPT).exclude(state__in=MOVING).delete()
