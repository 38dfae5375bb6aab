"""The links of previews: unguessable, and without a row."""

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

# The columns of a session that its preview_url needs.
PREVIEW = ("enable_room_previews", "preview_at", "end_time")
# How long a picture is shown: an older one would show people who have left.
FRESH = timedelta(minutes=2)


def preview_key(session_id: UUID) -> str:
    """Return the secret of a session's preview, of 128 bits."""
    salt = "greenroom.preview"
    return salted_hmac(salt, str(session_id), algorithm="sha256").hexdigest()[:32]


def preview_path(session_id: UUID, made_at: datetime | None) -> str | None:
    """Return the path of a picture that was made at that time; None for an old one or none."""
    if made_at is None or made_at <= timezone.now() - FRESH:
        return None
    return reverse("preview", args=[session_id, preview_key(session_id)])
