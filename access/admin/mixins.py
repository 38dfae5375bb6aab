"""What the admin of every app is made of."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import format_lazy

from access.models import Project
from access.staff.limits import visible_to


def tell(request: HttpRequest, what: str, done: str, changed: int, total: int) -> None:
    """Say in one line how many became so and how many were so already."""
    line = f"{changed} {what if changed == 1 else what + 's'} {done}"
    same = total - changed
    if same:
        line += f", {same} {'was' if same == 1 else 'were'} already so"
    messages.success(request, f"{line}.")


class CheckedSelectionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic to the stubs only
    """Refuses a selection that no page sent; Django would hand it on and answer 500."""

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        for text in request.POST.getlist(ACTION_CHECKBOX_NAME):
            try:
                self.opts.pk.clean(text, None)
            except ValidationError as wrong:
                raise BadRequest(
                    f"{text!r} is not the id of a {self.opts.verbose_name}."
                ) from wrong
        return super().response_action(request, *args, **kwargs)


class ProjectScopedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic to the stubs only
    """Shows the rows of the projects that a person sees, and offers no other project."""

    # What leads from a row to its project; empty where the rows are projects.
    to_project = "project"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible_to(request.user, self.to_project))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.related_model is Project:
            kwargs["queryset"] = Project.objects.filter(visible_to(request.user, ""))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ProjectListFilter(admin.RelatedFieldListFilter):
    """Narrows a list to a project, of those that the person sees."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = Project.objects.filter(visible_to(request.user, ""))
        return list(seen.order_by("name").values_list("pk", "name"))


BY_PROJECT = ("project", ProjectListFilter)


def time_column(name: str, label: Any) -> Any:
    """Return a column of the moments `name`, written as people sort them: the year first."""

    @admin.display(description=format_lazy("{} (UTC)", label), ordering=name)
    def column(self: Any, row: Any) -> str:
        at: datetime | None = getattr(row, name)
        if at is None:
            return "-"
        # A narrow column breaks between the two, and nowhere else.
        return format_html('<span class="date">{}</span> {}', f"{at:%Y-%m-%d}", f"{at:%H:%M}")

    return column
