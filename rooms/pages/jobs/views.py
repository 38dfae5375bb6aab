"""The pages of jobs: progress, preview, result, undo, and the file of all rooms."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh, HttpResponseStopPolling

from access.http.long_calls import long_page
from access.http.view_attributes import reports_work
from access.staff.decorators import staff_page
from rooms.bulk.csv_cells import csv_parts, safe
from rooms.bulk.engine import Mode, RowOutcome
from rooms.jobs.access import MAY_CHANGE, is_visible, visible_jobs, visible_rows
from rooms.jobs.run import begin_job
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from rooms.pages.bulk.views import remember_job
from rooms.pages.jobs.page import REFUSED, JobPage
from rooms.pages.jobs.refusals import refused_rows
from rooms.pages.undo import offer_undo_of_job

JOBS_SHOWN = 50
HEADER = ("row", "id", "name", "outcome", "field", "before", "after", "why")


def _job(request: HttpRequest, job_id: UUID) -> Job:
    # A user has no access to the job of another user.
    job = get_object_or_404(Job, pk=job_id, owner=request.user)
    if not is_visible(job, request.user):
        raise Http404
    return job


@reports_work
@staff_page(*MAY_CHANGE)
@require_safe
def job_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _job(request, job_id)
    if not job.is_moving and request.session.get("job") == str(job.pk):
        del request.session["job"]
        offer_undo_of_job(request, job)
    page = JobPage(job, request.GET)
    return render(request, page.template, {"here": "rooms", "job": job, "page": page})


@reports_work
@staff_page(*MAY_CHANGE)
@require_safe
def job_progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Render the progress of a job; at its end, let the browser reload the page."""
    job = _job(request, job_id)
    if not job.is_moving:
        return HttpResponseClientRefresh()
    tag = f'"{job.state}-{job.phase}-{job.done}-{job.stop_asked}-{job.is_unattended}"'
    unchanged = get_conditional_response(request, etag=tag)
    response = unchanged or _render_progress(request, job)
    response.headers["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _render_progress(request: HttpRequest, job: Job) -> HttpResponse:
    page = JobPage(job, {})
    return render(request, "rooms/jobs/_progress.html", {"job": job, "page": page})


@reports_work
@staff_page(*MAY_CHANGE)
@require_safe
def job_notice(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Render the state of a running job for other pages."""
    job = _job(request, job_id)
    response = render(request, "rooms/jobs/_notice.html", {"job": job, "page": JobPage(job, {})})
    if job.is_moving:
        return response
    request.session.pop("job", None)
    return HttpResponseStopPolling(response.content)


@staff_page(*MAY_CHANGE)
@require_POST
def job_apply(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Apply the preview: to all rooms or none, or to the valid rooms."""
    job = _job(request, job_id)
    mode = request.POST.get("mode")
    if mode in Mode.values and job.apply(mode):
        job.refresh_from_db()
        begin_job(job)
        job.refresh_from_db()
        remember_job(request, job)
    return _to(job)


@staff_page(*MAY_CHANGE)
@require_POST
def job_stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _job(request, job_id)
    if not job.stop():
        messages.info(request, gettext("The job is writing its changes and cannot be stopped."))
    return _to(job)


@staff_page(*MAY_CHANGE)
@require_POST
def job_again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    job = _job(request, job_id)
    job.take_up_again()
    return _to(job)


@reports_work
@staff_page(*MAY_CHANGE)
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = Job.objects.filter(owner=request.user)[:JOBS_SHOWN]
    pages = [JobPage(job, {}) for job in visible_jobs(jobs, request.user)]
    return render(request, "rooms/jobs/list.html", {"here": "rooms", "pages": pages})


@staff_page(*MAY_CHANGE)
@require_safe
@long_page("GET")
def job_rows(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Send all rooms of a job as a CSV file: a line for each changed field or fault."""
    job = _job(request, job_id)
    rows = map(_cells, visible_rows(job, job.owner).iterator(chunk_size=500))
    headers = {"Content-Disposition": f'attachment; filename="{job.kind}-{job.state}.csv"'}
    return StreamingHttpResponse(
        csv_parts(HEADER, rows), content_type="text/csv; charset=utf-8", headers=headers
    )


@staff_page(*MAY_CHANGE)
@require_safe
@long_page("GET")
def job_refused(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Send the refused rows of an import as they were sent, with their errors."""
    job = _job(request, job_id)
    if "header" not in job.request:
        raise Http404
    rows = visible_rows(job, job.owner).filter(REFUSED)
    headers = {"Content-Disposition": 'attachment; filename="errors.csv"'}
    return StreamingHttpResponse(
        refused_rows(job, rows), content_type="text/csv; charset=utf-8", headers=headers
    )


def _cells(row: JobRow) -> Iterator[list[str]]:
    outcome = row.result or row.outcome
    name = safe(row.name) if row.name else ""
    head = [str(row.line or ""), str(row.room_id or ""), name, outcome]
    if outcome == RowOutcome.REFUSED:
        yield from ([*head, field, "", "", safe(words)] for field, words, _ in row.faults)
    elif row.changes:
        for field, pair in row.changes.items():
            yield [*head, field, *("" if v is None else safe(str(v)) for v in pair), ""]
    else:
        yield [*head, "", "", "", ""]


def _to(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("job", args=[job.pk]))
