"""The choice of a project in the forms of API tokens and webhooks."""

from typing import Any

from access.models import Project
from access.staff.limits import visible_to


def offer_projects(form: Any, user: Any) -> None:
    """Offer the projects that `user` may see; a single one is selected."""
    visible = Project.objects.filter(visible_to(user, "")).order_by("name")
    form.fields["project"].queryset = visible
    if len(projects := visible[:2]) == 1:
        form.initial["project"] = projects[0]
