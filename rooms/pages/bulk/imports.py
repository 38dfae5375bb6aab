"""Rooms as a file: out as the list shows them, and in again by way of a preview."""

from typing import Any

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
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access.models import Project
from access.staff.decorators import staff_page
from access.staff.limits import visible_to
from rooms.bulk import csv_files
from rooms.jobs.create import to_import
from rooms.pages.bulk.views import MAY_CHANGE, started
from rooms.pages.list_query import rooms_asked_for


class ImportForm(forms.Form):
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("Project"), help_text=_("Whose rooms the file is about.")
    )
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("The first line names the columns; id or name says which room a line means."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={
            "empty": _("The file is empty."),
            "required": _("Choose a file."),
        },
    )
    create = forms.BooleanField(
        label=_("Make new rooms of names that are not there yet"), required=False
    )

    def __init__(self, user: Any, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        projects = Project.objects.filter(visible_to(user, ""))
        self.fields["project"].queryset = projects
        some = list(projects[:2])
        self.fields["project"].initial = some[0] if len(some) == 1 else None
        if not user.has_perm("rooms.add_room"):
            del self.fields["create"]


@staff_page(*MAY_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def import_rooms(request: HttpRequest) -> HttpResponse:
    """Take a file and try each of its lines; nothing is changed before the preview is answered."""
    is_sent = request.method == "POST"
    form = ImportForm(
        request.user, request.POST if is_sent else None, request.FILES if is_sent else None
    )
    if is_sent and form.is_valid():
        told = form.cleaned_data
        file = told["file"]
        try:
            job = to_import(
                request,
                file.read(),
                told["project"],
                create=told.get("create", False),
                name=file.name,
            )
            return started(request, job)
        except csv_files.InvalidCsv as wrong:
            form.add_error("file", str(wrong))
    context = {
        "here": "rooms",
        "form": form,
        "columns": csv_files.COLUMNS,
        "most_rows": csv_files.MOST_ROWS,
        "most_bytes": settings.API_FILE_BYTES,
    }
    return render(request, "rooms/bulk/import.html", context, status=422 if form.errors else 200)


@staff_page("rooms.view_room")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the rooms of a view of the list as a CSV file; bom=1 for spreadsheets that need it."""
    try:
        rooms = rooms_asked_for(request.user, request.GET)
    except ValidationError as wrong:
        messages.warning(request, gettext("Nothing was exported: ") + " ".join(wrong.messages))
        return HttpResponseRedirect(reverse("home"))
    lines = csv_files.written(rooms, bom=request.GET.get("bom") == "1")
    headers = {"Content-Disposition": 'attachment; filename="rooms.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
