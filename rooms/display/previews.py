"""The moving pictures of live rooms on pages."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

NOTHING_TO_SEE = SafeString("")
# The size keeps the page still while the picture loads; a style may show it smaller.
PICTURE = (
    '<picture class="thumb"><source media="(prefers-reduced-motion: reduce)" srcset="{still}">'
    '<img src="{moving}" alt="{alt}" width="320" height="180" loading="lazy"></picture>'
)


def live_picture(session: Any, name: str) -> SafeString:
    """Return the picture of a live session, or nothing; a still for readers who avoid motion."""
    path = session.preview_url
    if path is None:
        return NOTHING_TO_SEE
    # The address changes with the picture: a page that refreshes loads new pictures only.
    moving = f"{path}?at={session.preview_at.timestamp():.0f}"
    alt = gettext("Preview of %(room)s") % {"room": name}
    return format_html(PICTURE, still=f"{moving}&still", moving=moving, alt=alt)
