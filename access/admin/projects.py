"""Projects in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.admin.mixins import (
    CheckedSelectionAdmin,
    ProjectScopedAdmin,
    report_counts,
    time_column,
)
from access.models import Project


@admin.register(Project)
class ProjectAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    to_project = ""
    list_display = ("name", "id", "is_active", "requires_if_match", "created")
    list_filter = ("is_active", "requires_if_match")
    search_fields = ("name",)
    fields = (
        *("name", "id", "is_active", "requires_if_match", "longest_room_token"),
        *("recording_days", "created"),
    )
    readonly_fields = ("id", "created")
    actions = ("disable", "enable")

    created = time_column("created_at", _("Created"))

    @admin.action(permissions=["change"], description=_("Disable"))
    def disable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        changed, total = self._switch(projects, False)
        text = ngettext("%d project disabled.", "%d projects disabled.", changed)
        report_counts(request, text % changed, changed, total)

    @admin.action(permissions=["change"], description=_("Enable"))
    def enable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        changed, total = self._switch(projects, True)
        text = ngettext("%d project enabled.", "%d projects enabled.", changed)
        report_counts(request, text % changed, changed, total)

    def _switch(self, projects: QuerySet[Project], on: bool) -> tuple[int, int]:
        total = projects.count()
        return projects.filter(is_active=not on).update(is_active=on), total
