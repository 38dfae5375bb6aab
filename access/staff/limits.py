"""The projects that staff may see: all of them, or those of a limit."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.database.replica_connections import PRIMARY
from access.database.routing import read_alias


class StaffLimit(models.Model):
    """Limits a staff member to some projects; without a row, they see all."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="limit"
    )
    all_projects = models.BooleanField(_("projects of this user"), default=False, db_default=False)
    projects = models.ManyToManyField(
        "access.Project",
        verbose_name=_("only these projects"),
        blank=True,
        related_name="limited_staff",
        help_text=_("If none is selected, the user sees no project."),
    )

    class Meta:
        verbose_name = _("project limit")
        verbose_name_plural = _("project limits")

    def __str__(self) -> str:
        return f"{self.user} sees some projects"


def limits_of(user: Any) -> models.QuerySet[StaffLimit]:
    """Return the row that limits `user`, or no row if they see all projects."""
    return StaffLimit.objects.filter(user=user.pk, all_projects=False)


def visible_to(user: Any, project: str = "project") -> Q:
    """Return a condition for the rows that a user may see, on the relation `project`.

    An empty `project` means that the rows are projects. The condition needs no statement of its
    own, except for rows from a replica.
    """
    if user.is_superuser:
        return Q()
    if read_alias() != PRIMARY:
        return _named_by(limits_of(user), project)
    return in_limits_of(user, project)


def in_limits_of(user: Any, project: str = "project") -> Q:
    """Return the condition of visible_to() for rows of the primary and no superuser."""
    limit = limits_of(user)
    named = limit.values("projects")
    return ~models.Exists(limit) | Q((f"{project}_id__in" if project else "pk__in", named))


def _named_by(limit: models.QuerySet[StaffLimit], project: str) -> Q:
    """Return the same with the limit from the primary; the replica may not have it yet."""
    named = list(limit.values_list("projects", flat=True))
    projects = [one for one in named if one is not None]
    return Q((f"{project}_id__in" if project else "pk__in", projects)) if named else Q()


def is_limited(user: Any) -> bool:
    return not user.is_superuser and limits_of(user).exists()
