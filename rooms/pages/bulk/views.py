"""The first step of a bulk change: the form. Preview and result are the job's page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.http.view_attributes import may_repeat
from access.staff.back_links import last_list
from access.staff.decorators import staff_page
from rooms.jobs.access import MAY_CHANGE
from rooms.jobs.create import TooManyRooms, create_change_job, create_undo_job
from rooms.jobs.run import begin_job
from rooms.models.job import Job
from rooms.pages.bulk.forms import BulkForm, change_inputs
from rooms.pages.bulk.selection import (
    RoomSelection,
    numbered,
    read_or_none,
    too_many_rooms,
)
from rooms.pages.undo import offer_undo_of_job


@may_repeat("ids")
@staff_page(*MAY_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """Show the form for the selected rooms; a valid form becomes a job with a preview."""
    data = request.POST if request.method == "POST" else request.GET
    selection, reason = read_or_none(data, request.user)
    if selection is None:
        messages.warning(request, reason or gettext("Select rooms in the list first."))
        return HttpResponseRedirect(last_list(request, "home", "week").url)
    if "preview" not in request.POST:
        return bulk_form_page(request, selection, BulkForm(initial=change_inputs(selection.job)))
    form = BulkForm(request.POST)
    if form.is_valid():
        try:
            job = create_change_job(request, selection.chosen, form.change_as_json())
            return run_and_show(request, job)
        except TooManyRooms:
            form.add_error(None, too_many_rooms())
    return bulk_form_page(request, selection, form)


@staff_page(*MAY_CHANGE)
@require_POST
def undo_page(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Undo a bulk change at once, or show a preview if a room has changed since."""
    override = request.POST.get("override") == "1"
    try:
        job = create_undo_job(request, bulk_id, override=override, auto_apply=not override)
    except TooManyRooms:
        messages.error(request, too_many_rooms())
        return HttpResponseRedirect(reverse("job-list"))
    if job is None:
        raise Http404
    return run_and_show(request, job)


def run_and_show(request: HttpRequest, job: Job) -> HttpResponse:
    """Run a short job, leave a long one to a worker, and redirect to the job's page."""
    begin_job(job)
    job.refresh_from_db()
    remember_job(request, job)
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


def remember_job(request: HttpRequest, job: Job) -> None:
    """Let other pages report the end of a job that runs, and undo one that has ended."""
    if job.is_moving:
        request.session["job"] = str(job.pk)
    else:
        offer_undo_of_job(request, job)


def bulk_form_page(request: HttpRequest, selection: RoomSelection, form: BulkForm) -> HttpResponse:
    count, first = selection.count(), selection.first()
    missing = len(selection.chosen) - count if isinstance(selection.chosen, list) else 0
    if missing and not count:
        messages.warning(
            request, gettext("The selected rooms were deleted, or you can't see them.")
        )
        return HttpResponseRedirect(last_list(request, "home", "week").url)
    context = {
        "here": "rooms",
        "selection": selection.seen() if missing else selection,
        "form": form,
        "first": first,
        **_sentences(count, count - len(first), missing),
    }
    return render(request, "rooms/bulk/choose.html", context, status=422 if form.errors else 200)


def _sentences(count: int, others: int, missing: int) -> dict[str, Any]:
    """Return the counts of the page in words; a sentence about no room is empty."""
    gone = ngettext(
        "{number} selected room is left out: it was deleted, or you can't see it.",
        "{number} selected rooms are left out: they were deleted, or you can't see them.",
        missing,
    )
    more = ngettext("and {number} more", "and {number} more", others)
    return {
        "count": count,
        "title": numbered(ngettext("Edit {number} room", "Edit {number} rooms", count), count),
        "rooms": numbered(ngettext("{number} room", "{number} rooms", count), count),
        "others": numbered(more, others) if others > 0 else "",
        "missing": numbered(gone, missing) if missing > 0 else "",
    }
