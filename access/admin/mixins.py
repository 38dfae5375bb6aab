"""Base classes and columns for the admin of every app."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from access.admin.change_list import CheckedListAdmin
from access.models import Project
from access.staff.limits import visible_to
from access.staff.times import time_tag


def report_counts(request: HttpRequest, done: str, changed: int, total: int) -> None:
    """Report `done`, a sentence on what changed, and how many of `total` needed no change."""
    messages.success(request, done)
    if same := total - changed:
        text = ngettext("%d needed no change.", "%d needed no change.", same)
        messages.info(request, text % same)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # generic to the stubs only
    """Shows rows that no user can add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CheckedSelectionAdmin(CheckedListAdmin):
    """Rejects a selection with invalid ids, for which Django would answer 500."""

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.clean(text, None)
            except ValidationError as wrong:
                raise BadRequest(
                    f"{text!r} is not the id of a {self.opts.verbose_name}."
                ) from wrong
        return super().response_action(request, *args, **kwargs)


class ProjectScopedAdmin(CheckedListAdmin):
    """Shows and offers only the projects that the user may see."""

    # The lookup from a row to its project; empty if the rows are projects.
    to_project = "project"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible_to(request.user, self.to_project))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.related_model is Project:
            kwargs["queryset"] = Project.objects.filter(visible_to(request.user, ""))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ProjectFieldListFilter(admin.RelatedFieldListFilter):
    """Filters a list by one of the projects that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = Project.objects.filter(visible_to(request.user, ""))
        return list(seen.order_by("name").values_list("pk", "name"))


BY_PROJECT = ("project", ProjectFieldListFilter)


def time_column(name: str, label: Any, never: Any = "-", ordering: str = "") -> Any:
    """Return a column of the times `name`; `never` is shown for a time that is not set."""

    @admin.display(description=label, ordering=ordering or name)
    def column(self: Any, row: Any) -> str:
        at: datetime | None = attrgetter(name)(row)
        return time_tag(at) if at else str(never)

    return column
