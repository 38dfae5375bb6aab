"""Delete the recordings that a project does not keep any longer, in the worker."""

from datetime import datetime, timedelta

from sessions.models import Recording


def expires_at(recording: Recording) -> datetime | None:
    """Return when a worker deletes a recording of with_days_kept(); None: never, or not known yet.

    The days of the project begin again with a restoration.
    """
    since = recording.restored_at or recording.finished_at
    if since is None or recording.days_kept is None or recording.deleted_at:
        return None
    return since + timedelta(days=recording.days_kept)
