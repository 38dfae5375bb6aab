"""Moving pictures of live sessions: their links, and which of them may be shown."""

import struct
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from sessions.models import FRESH, Preview, RoomSession, preview_key

RIFF = struct.Struct("<4sI4s")
CHUNK = struct.Struct("<4sI")
# The position, size, duration and flags of a picture in an animation.
FRAME_HEAD = 16


def picture_of(session_id: UUID, key: str) -> bytes | None:
    """Return the picture of a link; None if the link is not ours, or nothing fresh exists."""
    if not constant_time_compare(key, preview_key(session_id)):
        return None
    live = RoomSession.objects.filter(pk=session_id, end_time=None, enable_room_previews=True)
    shown = live.filter(preview_at__gt=timezone.now() - FRESH)
    picture = shown.values_list("preview__picture", flat=True).first()
    return None if picture is None else bytes(picture)


def forget_previews() -> int:
    """Delete the previews of ended sessions, and pictures that no mixer has renewed."""
    now = timezone.now()
    ended, _ = Preview.objects.filter(session__end_time__isnull=False).delete()
    kept = Preview.objects.filter(picture__isnull=False)
    return ended + kept.filter(session__preview_at__lte=now - FRESH).update(picture=None)


def is_webp(picture: bytes) -> bool:
    """Return whether a file says that it is a WebP of its length."""
    if len(picture) < RIFF.size:
        return False
    riff, size, kind = RIFF.unpack_from(picture)
    return (riff, kind) == (b"RIFF", b"WEBP") and size + 8 == len(picture)


def still_of(picture: bytes) -> bytes:
    """Return the first picture of an animated WebP, which fills it, as a WebP of its own."""
    offset = RIFF.size
    while offset + CHUNK.size <= len(picture):
        name, size = CHUNK.unpack_from(picture, offset)
        body = picture[offset + CHUNK.size : offset + CHUNK.size + size]
        if name == b"ANMF":
            frame = body[FRAME_HEAD:]
            return RIFF.pack(b"RIFF", len(frame) + 4, b"WEBP") + frame
        offset += CHUNK.size + size + size % 2
    return picture
