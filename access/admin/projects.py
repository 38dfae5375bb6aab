"""Projects and their tokens for the staff. A token's secret is on one page, once."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.admin.mixins import CheckedSelectionAdmin, ProjectScopedAdmin, tell
from access.models import Project


@admin.register(Project)
class ProjectAdmin(ProjectScopedAdmin, CheckedSelectionAdmin):
    to_project = ""
    list_display = ("name", "id", "is_active", "requires_if_match", "created")
    list_filter = ("is_active", "requires_if_match")
    search_fields = ("name",)
    fields = ("name", "id", "is_active", "requires_if_match", "created")
    readonly_fields = ("id", "created")
    actions = ("disable", "enable")

    @admin.display(description=_("Created (UTC)"), ordering="created_at")
    def created(self, project: Project) -> str:
        return f"{project.created_at:%Y-%m-%d %H:%M}"

    @admin.action(permissions=["change"], description=_("Disable"))
    def disable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._switch(request, projects, False, "disabled")

    @admin.action(permissions=["change"], description=_("Enable"))
    def enable(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._switch(request, projects, True, "enabled")

    def _switch(self, request: HttpRequest, projects: Any, on: bool, done: str) -> None:
        total = projects.count()
        changed = projects.filter(is_active=not on).update(is_active=on)
        tell(request, "project", done, changed, total)
