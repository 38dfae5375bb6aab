"""The moving picture of a live session, for everyone with its link."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.http.view_attributes import reads_replica
from access.staff.decorators import staff_page
from sessions.media.previews import picture_of, still_of
from sessions.pages.views import get_session

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


@reads_replica
@require_safe
@staff_page("room_sessions.view_roomsession")
def session_preview(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Render the picture of a session, for pages that fetch it again."""
    context = {"session": get_session(request, session_id)}
    return render(request, "sessions/_preview.html", context)
