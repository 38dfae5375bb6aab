"""Notes on settings that the media server ignores."""

from django import template
from django.utils.translation import gettext

from sessions.media.server import media_server

register = template.Library()


@register.simple_tag
def media_hint(setting: str) -> str:
    """Return the note beside a setting that the media server ignores; else an empty text."""
    if setting not in media_server().unsupported:
        return ""
    return gettext("Your media server ignores this setting.")
