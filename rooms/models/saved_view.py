"""Saved views of the room list: a name and a query string."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.database.name_locks import lock
from rooms.rules.constraints import Line
from rooms.rules.fields import StrictTextField
from rooms.rules.line_field import LineField

MOST_VIEWS = 30


class SavedView(models.Model):
    """One user's view of the room list; `query` is written by rooms/pages/list_query.py."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
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
    def of(cls, user: Any) -> models.QuerySet["SavedView"]:
        return cls.objects.filter(user=user.pk)
