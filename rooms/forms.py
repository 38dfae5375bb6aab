"""The forms of a room for staff: the user's changes, based on the version that they saw."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from access.api.parsers import read_json
from access.models import Project
from rooms.changes import Stale, change_room, create_room
from rooms.changes.validation import FIELDS, SETTINGS, WRITABLE, Change
from rooms.display.form_errors import refusal_in_words
from rooms.display.values import value_text
from rooms.models import Room
from rooms.models.history import Author, RoomChange
from rooms.rules.form_fields import DigitsField, form_field


class SettingsForm(forms.ModelForm):
    """Base of the two forms of a room; only `apply` validates against the model and writes."""

    class Meta:
        model = Room
        fields = SETTINGS
        formfield_callback = form_field

    def _post_clean(self) -> None:
        # Django would assign the values to the instance and validate it.
        pass

    @property
    def edit(self) -> dict[str, Any]:
        """The fields that the user changed; a field that was not sent is unchanged."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            # An invalid field has its own error and no value.
            if name in WRITABLE and name in self.cleaned_data
            if not self._is_missing(name)
        }

    def _is_missing(self, name: str) -> bool:
        widget = self.fields[name].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))

    def add_errors(self, refusal: ValidationError) -> None:
        """Add the errors of the model to their fields."""
        for name, faults in refusal_in_words(refusal).items():
            self.add_error(name if name in self.fields else None, faults)
        if "meta" in refusal.error_dict:
            self._explain_unreadable()

    def _explain_unreadable(self) -> None:
        try:
            read_json(self.data.get(self.add_prefix("meta"), ""))
        except json.JSONDecodeError as reason:
            words = _("This is not valid JSON at line {line}, column {column}: {why}.")
            where = {"line": reason.lineno, "column": reason.colno, "why": reason.msg}
            self.add_error("meta", words.format(**where))
        except ValueError as reason:
            self.add_error("meta", _("This is not valid JSON: {why}.").format(why=reason))


class NewRoomForm(SettingsForm):
    project = forms.ModelChoiceField(Project.objects.all(), label=_lazy("Project"))

    class Meta(SettingsForm.Meta):
        fields = WRITABLE

    def apply(self, *, by: Author, dry_run: bool = False) -> Change | None:
        """Create the room; None, with errors in the form, if it is refused."""
        project = self.cleaned_data["project"]
        try:
            return create_room(project.pk, self.edit, by=by, dry_run=dry_run)
        except ValidationError as refusal:
            self.add_errors(refusal)
            return None


class RoomForm(SettingsForm):
    """Saves the user's changes if the room still has the version that they saw."""

    version = DigitsField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self) -> None:
        # Changes are relative to the version that this user saw.
        self.initial |= settings_at(self.instance, self.cleaned_data.get("version"))

    def apply(self, *, by: Author, dry_run: bool = False) -> Change | None:
        """Change the room; None, with errors in the form, if it is refused."""
        try:
            return change_room(
                Room.objects,
                self.instance.pk,
                self.edit,
                by=by,
                unless_stale=self._was_seen,
                dry_run=dry_run,
            )
        except Stale as stale:
            self._report_stale(stale.room)
        except ValidationError as refusal:
            self.add_errors(refusal)
        except Room.DoesNotExist:
            self.add_error(None, _("Not saved: another user deleted this room."))
        return None

    def _was_seen(self, room: Room) -> bool:
        return room.version == self.cleaned_data["version"]

    def _report_stale(self, room: Room) -> None:
        typed = self.edit
        seen = settings_at(room, self.cleaned_data["version"])
        moved = [name for name in seen if self._differs(name, seen[name], getattr(room, name))]
        self.data = self.data.copy()
        # The next save is based on the current version and changes only the entered fields.
        self.data[self.add_prefix("version")] = room.version
        for name in moved:
            now = getattr(room, name)
            self.add_error(
                name,
                _("Another user set this to {now}.").format(
                    now=value_text(name, FIELDS[name].to_json(now))
                ),
            )
            if name not in typed:
                self._show(name, self.fields[name].prepare_value(now))
        self.add_error(None, self._sentence(moved))

    def _differs(self, name: str, seen: Any, now: Any) -> bool:
        return name in self.fields and self.fields[name].has_changed(seen, now)

    def _show(self, name: str, value: Any) -> None:
        if value is False:
            # Browsers do not send an unchecked box.
            self.data.pop(self.add_prefix(name), None)
        else:
            self.data[self.add_prefix(name)] = value

    def _sentence(self, moved: list[str]) -> str:
        labels = ", ".join(str(self[name].label) for name in moved) or _("no remaining change")
        return _(
            "Not saved: another user changed this room while you had it open ({labels}). "
            "Check your entries and save again."
        ).format(labels=labels)


def settings_at(room: Room, version: int | None) -> dict[str, Any]:
    """Return the old values of the settings that have changed since `version`."""
    if version is None or version >= room.version:
        return {}
    then: dict[str, Any] = {}
    later = RoomChange.objects.filter(room_id=room.pk, version__gt=version)
    for change in later.order_by("-version"):
        then |= {name: before for name, (before, _) in change.changes.items()}
    return then
