"""Run the sync of media servers at any time."""

from datetime import timedelta

from django.utils import timezone

from sessions.media.sync import sync_media_rooms


def look(later=0):
    """Run the sync as if it were that many seconds later."""
    return sync_media_rooms(timezone.now() + timedelta(seconds=later))
