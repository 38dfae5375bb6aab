"""The form of a bulk change: each setting can be set, cleared or kept, and times can be shifted."""

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

from rooms.bulk.recipes import Recipe
from rooms.changes.validation import FIELDS, SETTINGS
from rooms.display.form_errors import refusal_in_words
from rooms.models import Room
from rooms.models.job import Job, JobKind
from rooms.pages.bulk.shift_form import BOXES, PRESETS, UNITS, Preset, ShiftForm, shift_inputs
from rooms.pages.room.forms import TimeZoneFormMixin
from rooms.pages.room.moment_field import FieldHint, LocalTimeFormField
from rooms.rules import fields
from rooms.rules.form_fields import MAY_BE_BLANK, SelectionFormField, form_field
from rooms.rules.join_policy import SCHEDULE

# tests/rooms/pages/test_bulk_choose.py checks that these groups contain every setting.
GROUPS = (
    (_("People and video"), ("max_members", "quality", "layout", "audio_video_sync")),
    (_("Set exact times"), (*SCHEDULE, "remove_after_seconds_elapsed")),
    (_("Recording and previews"), ("record_on_start", "enable_room_previews")),
    (_("Texts"), ("display_name", "description", "meta")),
)
ANSWERS = (("", "—"), ("true", _("Yes")), ("false", _("No")))


@dataclass(frozen=True)
class SettingInputs:
    """The inputs of one setting: a box to change it, its value, and a box to remove the value."""

    tick: BoundField
    value: BoundField
    clear: BoundField | None
    # For a time: UTC and relative time, or the choice between two offsets.
    hint: FieldHint | None


class BulkForm(TimeZoneFormMixin, ShiftForm):
    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in SETTINGS:
            self._add_inputs(Room._meta.get_field(name))

    def _add_inputs(self, field: Any) -> None:
        name = field.name
        self.fields[f"change_{name}"] = forms.BooleanField(
            label=gettext("Change {field}").format(field=field.verbose_name), required=False
        )
        self.fields[name] = _empty_field(field)
        if name in SCHEDULE:
            self.fields[name].zone = self.time_zone
        if field.null or name in MAY_BE_BLANK:
            clear = forms.BooleanField(label=gettext("Remove value"), required=False)
            self.fields[f"clear_{name}"] = clear

    def clean(self) -> None:
        if self.errors:
            return
        try:
            Recipe.read(self.change())
        except ValidationError as refusal:
            for name, faults in refusal_in_words(refusal).items():
                self.add_error(name if name in self.fields else None, faults)

    def change(self) -> dict[str, Any]:
        """Return the change with the API's keys and the values of the fields.

        Raises ValidationError for inputs that contradict each other, and if nothing changes.
        """
        faults = {name: words for name in SETTINGS if (words := self._contradiction(name))}
        if faults:
            raise ValidationError(faults)
        ticked = [name for name in SETTINGS if self._is_ticked(name)]
        clear = [name for name in ticked if self._is_cleared(name)]
        sets = {name: self.cleaned_data[name] for name in ticked if name not in clear}
        parts = {"set": sets, "clear": clear, "shift": self.shifts()}
        change = {key: part for key, part in parts.items() if part}
        if not change:
            raise ValidationError({NON_FIELD_ERRORS: gettext("Choose at least one change.")})
        return change

    def change_as_json(self) -> dict[str, Any]:
        change = self.change()
        sets = {n: FIELDS[n].to_json(value) for n, value in change.get("set", {}).items()}
        return {**change, "set": sets}

    # --- For the template.

    def groups(self) -> Iterator[tuple[str, list[SettingInputs]]]:
        for title, names in GROUPS:
            yield title, [self._inputs(name) for name in names]

    def units(self) -> list[BoundField]:
        return [self[name] for name in UNITS]

    def presets(self) -> tuple[Preset, ...]:
        return PRESETS

    def boxes(self) -> list[BoundField]:
        return [self[box] for box in BOXES]

    def shift_errors(self) -> list[tuple[str, list[str]]]:
        """Return (id, errors) of each invalid input of the shift."""
        inputs = [*self.units(), self["direction"], self["preset"], *self.boxes()]
        return [(f"{one.auto_id}_error", one.errors) for one in inputs if one.errors]

    def _inputs(self, name: str) -> SettingInputs:
        clear = self[f"clear_{name}"] if self._can_clear(name) else None
        hint = self.hint_for(name, timezone.now()) if name in SCHEDULE else None
        return SettingInputs(self[f"change_{name}"], self[name], clear, hint)

    def _can_clear(self, name: str) -> bool:
        return f"clear_{name}" in self.fields

    def _is_ticked(self, name: str) -> bool:
        return self.cleaned_data[f"change_{name}"]

    def _is_cleared(self, name: str) -> bool:
        return self.cleaned_data.get(f"clear_{name}", False)

    def _contradiction(self, name: str) -> str:
        """Return how the boxes and the value of a setting contradict each other, or nothing."""
        has_value, cleared = self.cleaned_data[name] is not None, self._is_cleared(name)
        if not self._is_ticked(name):
            words = gettext("Select the box of this setting to change it, or leave it empty.")
            return words if has_value or cleared else ""
        if cleared and has_value:
            return gettext("Enter a value or remove the value, not both.")
        if not (has_value or cleared) and self._can_clear(name):
            return gettext("Enter a value, or select “Remove value”.")
        return ""


def _empty_field(model_field: Any) -> forms.Field:
    """Return the input of a setting without a value, because the rooms have different ones."""
    if isinstance(model_field, fields.StrictBooleanField):
        return _yes_no_field(model_field)
    is_moment = isinstance(model_field, fields.TimestampField)
    field = LocalTimeFormField(model_field) if is_moment else form_field(model_field)
    field.initial = None
    field.widget.attrs.pop("required", None)
    if isinstance(field, SelectionFormField):
        field.widget.choices = [("", "—"), *model_field.choices]
    return field


def _yes_no_field(model_field: Any) -> forms.Field:
    return forms.TypedChoiceField(
        choices=ANSWERS,
        coerce=lambda text: text == "true",
        empty_value=None,
        required=False,
        label=capfirst(model_field.verbose_name),
        help_text=model_field.help_text,
    )


def change_inputs(job: Job | None) -> dict[str, Any]:
    """Return the initial values of a BulkForm for the change of a job, to edit it again."""
    if job is None or job.kind != JobKind.CHANGE:
        return {}
    change = job.request["change"]
    inputs = shift_inputs(change.get("shift", {}))
    for name, value in change.get("set", {}).items():
        shown = str(value).lower() if isinstance(value, bool) else value
        inputs |= {f"change_{name}": True, name: shown}
    for name in change.get("clear", []):
        inputs |= {f"change_{name}": True, f"clear_{name}": True}
    return inputs
