"""Short texts about films and the people in them."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from rooms.models import Layout
from sessions.media.people import Presence


def person_name(presence: Presence) -> str:
    return presence.member.name or gettext("Guest")


def picture_text(of: Any) -> str:
    """Return "Grid · 720p · 30 fps" for a film or a session."""
    layout = Layout(of.layout).label
    return f"{layout} · {of.quality} · {of.fps} fps"


def file_size(size_in_bytes: int | None) -> str:
    return filesizeformat(size_in_bytes) if size_in_bytes is not None else ""
