"""The staff's forms of a room: what a person changed, on top of what they saw."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from access.api.parsers import read_json
from access.models import Project
from access.values.faults import shown
from rooms.changes import Stale, change_room, create_room
from rooms.changes.validation import SETTINGS, WRITABLE, Change
from rooms.models import Room
from rooms.models.history import Author, RoomChange
from rooms.rules.form_fields import form_field


class SettingsForm(forms.ModelForm):
    """What the two forms of a room share. `apply` writes; until then nothing is judged."""

    class Meta:
        model = Room
        fields = SETTINGS
        formfield_callback = form_field

    def _post_clean(self) -> None:
        # Django would write the values into the instance, and judge that.
        pass

    @property
    def edit(self) -> dict[str, Any]:
        """What the person changed. A field that did not come with the form was not changed."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            # What cannot be read is told at the field, and is nothing to change to.
            if name in WRITABLE and name in self.cleaned_data
            if not self._is_missing(name)
        }

    def _is_missing(self, name: str) -> bool:
        widget = self.fields[name].widget
        return widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))

    def tell(self, refusal: ValidationError) -> None:
        """Put the model's faults where they belong, each in the model's words."""
        for name, faults in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, faults)
        if "meta" in refusal.error_dict:
            self._tell_why_unreadable()

    def _tell_why_unreadable(self) -> None:
        try:
            read_json(self.data.get(self.add_prefix("meta"), ""))
        except ValueError as reason:
            why = shown(str(reason))[1:-1]
            self.add_error("meta", _("It cannot be read as JSON: {why}.").format(why=why))


class NewRoomForm(SettingsForm):
    project = forms.ModelChoiceField(Project.objects.all(), label=_lazy("Project"))

    class Meta(SettingsForm.Meta):
        fields = WRITABLE

    def apply(self, *, by: Author, dry_run: bool = False) -> Change | None:
        """Make the room; None, with the form's errors saying why, when it was refused."""
        project = self.cleaned_data["project"]
        try:
            return create_room(project.pk, self.edit, by=by, dry_run=dry_run)
        except ValidationError as refusal:
            self.tell(refusal)
            return None


class RoomForm(SettingsForm):
    """Changes what the person changed, if the room is still the one that they saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version

    def clean(self) -> None:
        # "Changed" means from what this person saw, not from what the room has become.
        self.initial |= settings_at(self.instance, self.cleaned_data.get("version"))

    def apply(self, *, by: Author, dry_run: bool = False) -> Change | None:
        """Change the room; None, with the form's errors saying why, when it was refused."""
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
            self._tell_stale(stale.room)
        except ValidationError as refusal:
            self.tell(refusal)
        except Room.DoesNotExist:
            self.add_error(None, _("Nothing was saved: someone deleted this room meanwhile."))
        return None

    def _was_seen(self, room: Room) -> bool:
        return room.version == self.cleaned_data["version"]

    def _tell_stale(self, room: Room) -> None:
        typed = self.edit
        seen = settings_at(room, self.cleaned_data["version"])
        moved = [name for name in seen if self._differs(name, seen[name], getattr(room, name))]
        self.data = self.data.copy()
        # The next save starts from here: it changes what was typed, and nothing else.
        self.data[self.add_prefix("version")] = room.version
        for name in moved:
            now = getattr(room, name)
            self.add_error(name, _("Someone else set this to {now}.").format(now=shown(now)))
            if name not in typed:
                self._show(name, self.fields[name].prepare_value(now))
        self.add_error(None, self._sentence(moved))

    def _differs(self, name: str, seen: Any, now: Any) -> bool:
        return name in self.fields and self.fields[name].has_changed(seen, now)

    def _show(self, name: str, value: Any) -> None:
        if value is False:
            # An unchecked box is one that is not sent.
            self.data.pop(self.add_prefix(name), None)
        else:
            self.data[self.add_prefix(name)] = value

    def _sentence(self, moved: list[str]) -> str:
        labels = ", ".join(str(self[name].label) for name in moved) or _("nothing that is left")
        return _(
            "Nothing was saved: someone else changed this room while you had it open "
            "({labels}). What you typed is still here. Look it over and save again."
        ).format(labels=labels)


def settings_at(room: Room, version: int | None) -> dict[str, Any]:
    """Return the settings that have moved since `version` of the room, as they were then."""
    if version is None or version >= room.version:
        return {}
    then: dict[str, Any] = {}
    later = RoomChange.objects.filter(room_id=room.pk, version__gt=version)
    for change in later.order_by("-version"):
        then |= {name: before for name, (before, _) in change.changes.items()}
    return then
