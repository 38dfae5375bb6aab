"""Changing many rooms: choose what is to become of them, then see it on the job's page."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from access.staff.decorators import staff_page
from rooms.display.layout_pictures import pictures
from rooms.jobs.create import MOST_ROOMS, TooMany, to_change, to_undo
from rooms.jobs.run import begin_job
from rooms.models.job import Job, JobKind
from rooms.pages.bulk.forms import BulkForm
from rooms.pages.bulk.selection import RoomSelection, read_or_none

MAY_CHANGE = ("rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")


@staff_page(*MAY_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """Ask what is to become of the chosen rooms; what is told is tried on each of them."""
    data = request.POST if request.method == "POST" else request.GET
    selection, why = read_or_none(data, request.user)
    if selection is None:
        messages.warning(request, why or gettext("Choose rooms first: tick them in the list."))
        return HttpResponseRedirect(reverse("home"))
    is_told = "preview" in request.POST
    form = BulkForm(request.POST if is_told else None, initial=_told_before(selection.job))
    if is_told and form.is_valid():
        try:
            return started(request, to_change(request, selection.chosen, form.change_as_json()))
        except TooMany:
            form.add_error(None, _too_many())
    return _choose(request, selection, form)


@staff_page(*MAY_CHANGE)
@require_POST
def undo_page(request: HttpRequest, bulk_id: UUID) -> HttpResponse:
    """Put back what a bulk change moved: at once, unless a later change is in the way."""
    override = request.POST.get("override") == "1"
    try:
        job = to_undo(request, bulk_id, override=override, auto_apply=not override)
    except TooMany:
        messages.error(request, _too_many())
        return HttpResponseRedirect(reverse("job-list"))
    if job is None:
        raise Http404
    return started(request, job)


def started(request: HttpRequest, job: Job) -> HttpResponse:
    """Do the job or have it done, and lead to its page."""
    begin_job(job)
    job.refresh_from_db(fields=["state"])
    if job.is_moving:
        # Other pages tell when it is done (templates/includes/_job.html).
        request.session["job"] = str(job.pk)
    return HttpResponseRedirect(reverse("job", args=[job.pk]))


def _choose(request: HttpRequest, selection: RoomSelection, form: BulkForm) -> HttpResponse:
    count, first = selection.count(), selection.first()
    query = dict(selection.sent).get("query", "")
    context = {
        "here": "rooms",
        "selection": selection,
        "form": form,
        "layouts": pictures(),
        "count": count,
        "missing": len(selection.chosen) - count if isinstance(selection.chosen, list) else 0,
        "first": first,
        "others": count - len(first),
        "back": f"{reverse('home')}?{query}" if query else reverse("home"),
    }
    return render(request, "rooms/bulk/choose.html", context, status=422 if form.errors else 200)


def _told_before(job: Job | None) -> dict[str, Any]:
    """Return the recipe of a job as its form is filled in."""
    if job is None or job.kind != JobKind.CHANGE:
        return {}
    change = job.request["change"]
    told: dict[str, Any] = {}
    for name, value in change.get("set", {}).items():
        told |= {f"change_{name}": True, name: value}
        if isinstance(value, bool):
            told[name] = str(value).lower()
    for name in change.get("clear", []):
        told |= {f"change_{name}": True, f"clear_{name}": True}
    return told | _shift_told_before(change.get("shift", {}))


def _shift_told_before(shift: dict[str, int]) -> dict[str, Any]:
    if not shift:
        return {}
    seconds = next(iter(shift.values()))
    minutes = abs(seconds) // 60
    return {
        "direction": "earlier" if seconds < 0 else "later",
        "days": minutes // (24 * 60),
        "hours": minutes // 60 % 24,
        "minutes": minutes % 60,
        **{box: box.removeprefix("move_") in shift for box in _BOXES},
    }


_BOXES = ("move_join_from", "move_join_until", "move_remove_at")


def _too_many() -> str:
    words = gettext("More than {most} rooms at once are too many: narrow the list first.")
    return words.format(most=number_format(MOST_ROOMS, force_grouping=True))


def address(name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page with a query; what is None is left out."""
    said = {key: value for key, value in query.items() if value is not None}
    return reverse(name, args=args) + (f"?{urlencode(said)}" if said else "")
