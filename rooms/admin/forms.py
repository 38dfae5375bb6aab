"""The forms of a room in Django's admin: validation writes nothing, `save_model` writes."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from access.models import Project
from access.staff.limits import visible_to
from rooms.changes.validation import Change
from rooms.forms import NewRoomForm, RoomForm
from rooms.models import Room
from rooms.models.history import Author
from rooms.pages.room.forms import TimeZoneFormMixin
from rooms.pages.room.moment_field import LocalTimeFormField
from rooms.rules.fields import TimestampField
from rooms.rules.form_fields import form_field
from rooms.rules.join_policy import SCHEDULE


class ChangeRefused(Exception):
    """The room changed between the validation of a form and its write."""


def admin_field(model_field: Any, **_: Any) -> forms.Field:
    """Return the form field of a setting; a time is read as on the page of a room."""
    is_time = isinstance(model_field, TimestampField)
    return LocalTimeFormField(model_field) if is_time else form_field(model_field)


class AdminFormMixin(TimeZoneFormMixin):
    """Validates with a dry run of the change, because Django's admin calls save() afterwards."""

    author: Author
    validated: Change

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        for name in SCHEDULE:
            self.fields[name].help_text = self._time_help(name, now)

    def _time_help(self, name: str, now: Any) -> str:
        """Return the help of a time, with the hint that the page of a room shows."""
        context = {
            "field": {"name": name, "help_text": self.fields[name].help_text},
            "hint": self.hint_for(name, now),
            "zone": self.time_zone,
        }
        with timezone.override(self.time_zone):
            # The template escapes its values.
            return mark_safe(render_to_string("admin/rooms/_time_help.html", context))  # noqa: S308

    def _post_clean(self) -> None:
        # The sentences of errors have times in the zone of the form.
        with timezone.override(self.time_zone):
            change = None if self.errors else self.apply(by=self.author, dry_run=True)
        if change is not None:
            self.validated = change

    def save(self, commit: bool = True) -> Room:
        """Return the room as it would become; `write` stores it."""
        return self.validated.room

    def save_m2m(self) -> None:
        """Do nothing: a room has no many-to-many fields."""

    def write(self) -> Room:
        """Store the change and return the room. Stores nothing if it raises ChangeRefused."""
        change = self.apply(by=self.author)
        if change is None:
            raise ChangeRefused
        return change.room


class AdminRoomForm(AdminFormMixin, RoomForm):
    class Meta(RoomForm.Meta):
        formfield_callback = admin_field


class AdminNewRoomForm(AdminFormMixin, NewRoomForm):
    user: Any

    class Meta(NewRoomForm.Meta):
        formfield_callback = admin_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.filter(visible_to(self.user, ""))
