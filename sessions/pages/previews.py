"""The moving picture of a live session, for everyone with its link."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sessions.media.previews import picture_of, still_of

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@require_safe
def preview(request: HttpRequest, session_id: UUID, key: str) -> HttpResponse:
    """Send the newest moving picture, or with ?still its first picture."""
    picture = picture_of(session_id, key)
    if picture is None:
        raise Http404
    shown = still_of(picture) if "still" in request.GET else picture
    return HttpResponse(shown, content_type="image/webp", headers=HEADERS)
