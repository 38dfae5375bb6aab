"""The list of recordings, and the page of one of them with its films."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from access.pages.pagination import page_of
from access.staff.back_links import leads_back
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.pages.chips import chips_of
from sessions.models import RECORDING_IDS, Recording, RecordingQuerySet
from sessions.pages.recordings.filters import RECORDING_FILTERS, RecordingPageFilter
from sessions.pages.recordings.rows import RecordingRow, recording_rows

VIEW_RECORDING = "room_sessions.view_recording"


@require_safe
@staff_page(VIEW_RECORDING)
@vary_on_headers("HX-Request")
@leads_back(*RECORDING_FILTERS, "page", title=_("Recordings"), back=_("Back to recordings"))
def recording_list(request: HttpRequest) -> HttpResponse:
    """List the recordings that the user may see, newest first."""
    asked = RecordingPageFilter(request.GET, visible_recordings(request).order_by("-id"))
    page, links = page_of(request, asked.qs)
    asked.form.is_valid()
    context = {
        "here": "recordings",
        "filter": asked,
        "rows": recording_rows(page.rows, timezone.now()),
        "chips": chips_of(request, asked.form),
        **links,
    }
    part = "sessions/recordings/_list.html" if request.htmx else "sessions/recordings/list.html"
    return render(request, part, context)


@require_safe
@staff_page(VIEW_RECORDING)
@vary_on_headers("HX-Request")
def recording_page(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Show one recording: a player, the people in it, and its films."""
    row = get_recording(request, recording_id)
    part = "sessions/recordings/_state.html" if request.htmx else "sessions/recordings/detail.html"
    return render(request, part, {"here": "recordings", "row": row})


def visible_recordings(request: HttpRequest) -> RecordingQuerySet:
    """Return the recordings that the user may see, also deleted ones."""
    found = Recording.objects.filter(visible_to(request.user, "session__project"))
    found = found.select_related("session").with_days_kept()
    return found.prefetch_related("compositions")


def get_recording(request: HttpRequest, recording_id: UUID) -> RecordingRow:
    """Return a recording that the user may see. Raises Http404."""
    number = RECORDING_IDS.number_of(str(recording_id))
    found = visible_recordings(request).filter(pk=number) if number is not None else ()
    rows = recording_rows(found, timezone.now())
    if not rows:
        raise Http404
    return rows[0]
