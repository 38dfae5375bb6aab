"""Delete the recordings that a project does not keep any longer, in the worker."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from access.models import Project
from sessions.lifecycle.auto_created import WORKER
from sessions.media.deletion import RecordingInProgress, delete_recording
from sessions.models import Recording, RecordingQuerySet, RecordingState

# Each recording is deleted in a short transaction of its own.
BATCH = 100


def expires_at(recording: Recording) -> datetime | None:
    """Return when a worker deletes a recording of with_days_kept(); None: never, or not known yet.

    The days of the project begin again with a restoration.
    """
    since = recording.restored_at or recording.finished_at
    if since is None or recording.days_kept is None or recording.deleted_at:
        return None
    return since + timedelta(days=recording.days_kept)


def delete_expired() -> int:
    """Delete recordings that have expired, BATCH at most; return how many."""
    now, deleted = timezone.now(), 0
    keeping = Project.objects.filter(recording_days__isnull=False)
    for project_id, days in keeping.values_list("pk", "recording_days"):
        assert days is not None  # noqa: S101 - for the type checker
        due = expired_recordings(project_id, now - timedelta(days=days))
        deleted += sum(_is_deleted(one) for one in due[: BATCH - deleted])
        if deleted >= BATCH:
            break
    return deleted


def expired_recordings(project_id: UUID, limit: datetime) -> RecordingQuerySet:
    """Return those that ended, or were restored, before the time `limit`."""
    not_restored_since = Q(restored_at=None) | Q(restored_at__lte=limit)
    ended = Recording.objects.kept().exclude(state=RecordingState.RECORDING)
    mine = ended.filter(not_restored_since, project_id=project_id, finished_at__lte=limit)
    return mine.order_by("finished_at")


def _is_deleted(recording: Recording) -> bool:
    try:
        delete_recording(recording, by=WORKER)
    except (Recording.DoesNotExist, RecordingInProgress):
        # Another worker or a client was faster.
        return False
    return True
