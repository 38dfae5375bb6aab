"""The form of a bulk change: what to set, clear or shift; what is left alone stays as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.bulk.forms import ShiftForm
from rooms.bulk.recipes import MOMENTS
from rooms.changes.validation import FIELDS, SETTINGS
from rooms.models import Room
from rooms.pages.room.forms import TimeZoneFormMixin
from rooms.pages.room.moment_field import FieldHint, LocalMoment
from rooms.rules import fields
from rooms.rules.form_fields import MAY_BE_BLANK, SelectionFormField, form_field

# The groups of the form. Together they hold every setting: tests/rooms/pages/test_bulk_edit.py.
GROUPS = (
    (_("People and picture"), ("max_members", "quality", "layout", "audio_video_sync")),
    (_("Schedule, to a given moment"), (*MOMENTS, "remove_after_seconds_elapsed")),
    (_("Recording and previews"), ("record_on_start", "enable_room_previews")),
    (_("Texts"), ("display_name", "description", "meta")),
)
ANSWERS = (("", "—"), ("true", _("Yes")), ("false", _("No")))


@dataclass(frozen=True)
class SettingInputs:
    """The inputs of one setting: change it? to what? or clear it?"""

    tick: BoundField
    value: BoundField
    clear: BoundField | None
    # What stands beside a moment: the same in UTC and in words, or which of two is meant.
    told: FieldHint | None


class BulkForm(TimeZoneFormMixin, ShiftForm):
    box = "move_{}"

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("days", "hours", "minutes"):
            # None is none: whoever empties the field means no time.
            self.fields[name].required = False
        for name in SETTINGS:
            self._ask_for(Room._meta.get_field(name))

    def _ask_for(self, field: Any) -> None:
        name = field.name
        self.fields[f"change_{name}"] = forms.BooleanField(
            label=gettext("Change {field}").format(field=field.verbose_name), required=False
        )
        self.fields[name] = _without_a_value(field)
        if name in MOMENTS:
            self.fields[name].zone = self.clocks
        if field.null or name in MAY_BE_BLANK:
            self.fields[f"clear_{name}"] = forms.BooleanField(label=_("Clear it"), required=False)

    def change(self) -> dict[str, Any]:
        """Return the change that was typed, as the API spells it, in the types of the fields."""
        asked = {name: self._is_asked(name) for name in SETTINGS}
        faults = {name: self._half_said(name) for name in SETTINGS}
        if any(faults.values()):
            raise ValidationError({name: words for name, words in faults.items() if words})
        clear = [name for name in SETTINGS if asked[name] and self._is_cleared(name)]
        sets = {n: self.cleaned_data[n] for n in SETTINGS if asked[n] and n not in clear}
        shift = self.shifts() if self.seconds() else {}
        parts = {"set": sets, "clear": clear, "shift": shift}
        change = {word: part for word, part in parts.items() if part}
        if not change:
            nothing = gettext("Nothing is chosen yet: say what to change.")
            raise ValidationError({NON_FIELD_ERRORS: nothing})
        return change

    def change_as_json(self) -> dict[str, Any]:
        change = self.change()
        sets = {n: FIELDS[n].to_json(value) for n, value in change.get("set", {}).items()}
        return {**change, "set": sets}

    def groups(self) -> Iterator[tuple[str, list[SettingInputs]]]:
        for title, names in GROUPS:
            yield title, [self._asks(name) for name in names]

    def boxes(self) -> list[BoundField]:
        return [self[self.box.format(name)] for name in MOMENTS]

    def _asks(self, name: str) -> SettingInputs:
        can_clear = f"clear_{name}" in self.fields
        clear = self[f"clear_{name}"] if can_clear else None
        told = self.told(name, timezone.now()) if name in MOMENTS else None
        return SettingInputs(self[f"change_{name}"], self[name], clear, told)

    def _is_asked(self, name: str) -> bool:
        return self.cleaned_data[f"change_{name}"]

    def _is_cleared(self, name: str) -> bool:
        return self.cleaned_data.get(f"clear_{name}", False)

    def _half_said(self, name: str) -> str:
        """Return what is wrong where the box, the input and "clear it" do not fit together."""
        value, cleared = self.cleaned_data[name], self._is_cleared(name)
        if not self._is_asked(name):
            words = gettext("This is not changed unless its box is ticked: tick it or leave it.")
            return words if value is not None or cleared else ""
        if cleared and value is not None:
            return gettext("Clear it or set it, not both.")
        if value is None and not cleared and f"clear_{name}" in self.fields:
            return gettext("Say what it becomes, or choose to clear it.")
        return ""


def _without_a_value(model_field: Any) -> forms.Field:
    """Return the input of a setting, with nothing in it: rooms differ."""
    if isinstance(model_field, fields.StrictBooleanField):
        return forms.TypedChoiceField(
            choices=ANSWERS,
            coerce=lambda text: text == "true",
            empty_value=None,
            required=False,
            label=capfirst(model_field.verbose_name),
            help_text=model_field.help_text,
        )
    is_moment = isinstance(model_field, fields.TimestampField)
    field = LocalMoment(model_field) if is_moment else form_field(model_field)
    field.initial = None
    field.widget.attrs.pop("required", None)
    if isinstance(field, SelectionFormField):
        field.widget.choices = [("", "—"), *model_field.choices]
    return field
