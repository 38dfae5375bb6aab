"""Rooms as a CSV file: import with a preview, and export of a list."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access.http.body_limits import form_file_limit
from access.http.long_calls import long_page
from access.http.view_attributes import body_limit, reads_replica
from access.models import Project
from access.staff.back_links import last_list
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.bulk import csv_files
from rooms.bulk.sheets import EXCEL_COLUMNS, title_of, write_sheet
from rooms.jobs.access import MAY_CHANGE, MAY_CREATE
from rooms.jobs.create import create_import_job
from rooms.models.job import Job
from rooms.pages.bulk.views import run_and_show
from rooms.pages.list_query import rooms_asked_for


class ImportForm(forms.Form):
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("Project"), help_text=_("Project to import into.")
    )
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("First row: column names. Each row needs an id or a name."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={
            "empty": _("The file is empty."),
            "required": _("Choose a file."),
        },
    )
    create = forms.BooleanField(label=_("Create rooms that do not exist yet"), required=False)

    def __init__(self, user: Any, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        projects = Project.objects.filter(visible_to(user, ""))
        self.fields["project"].queryset = projects
        first_two = list(projects[:2])
        self.fields["project"].initial = first_two[0] if len(first_two) == 1 else None
        if not user.has_perm(MAY_CREATE):
            del self.fields["create"]


@body_limit(form_file_limit)
@staff_page(*MAY_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@long_page("POST")
def import_rooms(request: HttpRequest) -> HttpResponse:
    """Show the form of an import; a readable file becomes a job with a preview."""
    is_sent = request.method == "POST"
    form = ImportForm(
        request.user, request.POST if is_sent else None, request.FILES if is_sent else None
    )
    if is_sent and form.is_valid():
        try:
            return run_and_show(request, _import_job(request, form.cleaned_data))
        except csv_files.InvalidCsv as invalid:
            form.add_error("file", str(invalid))
    context = {
        "here": "rooms",
        "form": form,
        "columns": [(title_of(name), name) for name in EXCEL_COLUMNS],
        "zone": timezone.get_current_timezone_name(),
        "limit": filesizeformat(settings.API_FILE_BYTES),
        "most_rows": csv_files.MOST_ROWS,
        "most_bytes": settings.API_FILE_BYTES,
    }
    return render(request, "rooms/bulk/import.html", context, status=422 if form.errors else 200)


def _import_job(request: HttpRequest, sent: dict[str, Any]) -> Job:
    file, create = sent["file"], sent.get("create", False)
    return create_import_job(request, file.read(), sent["project"], create=create, name=file.name)


@reads_replica
@staff_page("rooms.view_room")
@require_safe
@long_page("GET")
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the rooms of a list as a CSV file; excel=1 writes titles and local times."""
    try:
        rooms = rooms_asked_for(request.user, request.GET)
    except ValidationError as invalid:
        words = gettext("No room was exported: {reason}").format(reason=" ".join(invalid.messages))
        messages.warning(request, words)
        return HttpResponseRedirect(last_list(request, "home", "week").url)
    is_for_excel = request.GET.get("excel") == "1"
    zone = ZoneInfo(timezone.get_current_timezone_name())
    lines = write_sheet(rooms, zone) if is_for_excel else csv_files.write_csv(rooms)
    headers = {"Content-Disposition": 'attachment; filename="rooms.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
