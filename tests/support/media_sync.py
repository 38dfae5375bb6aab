"""Run the sync of media servers at any time."""

from datetime import timedelta

from django.utils import timezone

from sessions.media.sync import sync_media_rooms
from tests.support.processes import eventually


def run_sync(later=0):
    """Run the sync as if it were `later` seconds from now."""
    return sync_media_rooms(timezone.now() + timedelta(seconds=later))


def disconnect(visitor, janus, admission):
    """Have a visitor leave, and return when Janus has removed them: it answers before that."""
    visitor.leave()
    eventually(lambda: str(admission.member.pk) not in janus.inside(admission.session))
