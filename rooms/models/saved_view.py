"""Saved views of the room list: a name and a query string, for one user or also for a project."""

from functools import cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.database.name_locks import lock
from access.database.prepared_queries import PreparedModelsQuery
from access.staff.limits import in_limits_of
from rooms.rules.constraints import Line
from rooms.rules.fields import StrictTextField
from rooms.rules.line_field import LineField

MOST_VIEWS = 30
# A user sees their own views, and those that others share: together at most this number.
MOST_SHOWN = 100


class SavedView(models.Model):
    """A user's view of the room list; `query` is written by rooms/pages/list_query.py.

    Staff who may see `project` see the view, too; its user and superusers may edit it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    project = models.ForeignKey(
        "access.Project",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="shared_views",
    )
    name = LineField(help_text="Name of the view.")
    query = StrictTextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = (Lower("name"), "id")
        constraints = (
            Line("name", longest=60),
            Line("query", longest=8000),
            models.UniqueConstraint("user", Lower("name"), name="savedview_name_of_user"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        mine = SavedView.objects.filter(user=self.user_id).exclude(pk=self.pk)
        if mine.filter(name__iexact=self.name).exists():
            words = gettext("You have a view called “%s” already.") % self.name
            raise ValidationError({"name": words})
        if self._state.adding and mine.count() >= MOST_VIEWS:
            words = gettext("You have %d views. Delete one to save another.") % MOST_VIEWS
            raise ValidationError({"name": words})

    def keep(self) -> "SavedView":
        """Validate and save this view; raise ValidationError at the first kind of fault."""
        if not self.query:
            words = gettext("Search or filter before you save a view.")
            raise ValidationError({"query": words})
        with transaction.atomic():
            # Two requests at once would both see one view fewer.
            lock(f"views of {self.user_id}")
            self.clean_fields()
            self.clean()
            self.validate_constraints()
            self.save()
        return self

    @classmethod
    def seen_by(cls, user: Any) -> list["SavedView"]:
        """Return the views of the user, then those of others, each with the name of its `owner`.

        The user sees the views that others share with a project that the user may see.
        """
        return _seen(user.is_superuser).all(user.pk)

    @classmethod
    def query_seen_by(cls, user: Any) -> models.QuerySet["SavedView"]:
        shared = Q() if user.is_superuser else in_limits_of(user)
        is_foreign = Case(When(user=user.pk, then=0), default=1)
        seen = cls.objects.filter(Q(user=user.pk) | (Q(project__isnull=False) & shared))
        seen = seen.annotate(owner=F("user__username"))
        return seen.order_by(is_foreign, Lower("name"), "id")[:MOST_SHOWN]

    @classmethod
    def editable_by(cls, user: Any) -> models.QuerySet["SavedView"]:
        """Return the views that the user may rename and delete."""
        own = Q(user=user.pk)
        editable = own | Q(project__isnull=False) if user.is_superuser else own
        return cls.objects.filter(editable)

    @classmethod
    def of(cls, user: Any) -> models.QuerySet["SavedView"]:
        return cls.objects.filter(user=user.pk)


@cache
def _seen(is_superuser: bool) -> PreparedModelsQuery[SavedView]:
    def build(pk: int) -> models.QuerySet[SavedView]:
        return SavedView.query_seen_by(SimpleNamespace(pk=pk, is_superuser=is_superuser))

    return PreparedModelsQuery(build, get_user_model()._meta.pk)
