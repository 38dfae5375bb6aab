"""The part of the bulk form that moves the schedule: how far, in which direction, which times."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.bulk.recipes import FURTHEST_SHIFT
from rooms.display.values import label
from rooms.rules.form_fields import DigitsField
from rooms.rules.join_policy import SCHEDULE

HOUR, DAY = 3600, 24 * 3600
UNITS = {"days": DAY, "hours": HOUR, "minutes": 60}
BOXES = {f"move_{name}": name for name in SCHEDULE}


@dataclass(frozen=True)
class Preset:
    """A button that fills in a length with its direction; without JavaScript, it sends the form."""

    value: str
    label: Any
    seconds: int

    @property
    def inputs(self) -> dict[str, Any]:
        return _length_inputs(self.seconds)


PRESETS = (
    Preset("-1h", _("−1 h"), -HOUR),
    Preset("1h", _("+1 h"), HOUR),
    Preset("1d", _("+1 day"), DAY),
    Preset("1w", _("+1 week"), 7 * DAY),
)


class ShiftForm(forms.Form):
    # No default: a length with the wrong direction would be twice as wrong.
    direction = forms.ChoiceField(
        choices=[("later", _("Later")), ("earlier", _("Earlier"))], required=False
    )
    preset = forms.ChoiceField(choices=[(one.value, one.label) for one in PRESETS], required=False)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(_with_preset(data), **options)
        self.fields["days"] = _number(gettext("Days"), FURTHEST_SHIFT // DAY)
        self.fields["hours"] = _number(gettext("Hours"), FURTHEST_SHIFT // HOUR)
        self.fields["minutes"] = _number(gettext("Minutes"), 59)
        for box, name in BOXES.items():
            self.fields[box] = forms.BooleanField(label=label(name), initial=True, required=False)

    def seconds(self) -> int:
        length = sum((self.cleaned_data[name] or 0) * unit for name, unit in UNITS.items())
        return -length if self.cleaned_data["direction"] == "earlier" else length

    def shifts(self) -> dict[str, int]:
        """Return {field: seconds}. Raises ValidationError if no time is selected."""
        seconds = self.seconds()
        if not seconds:
            return {}
        if not self.cleaned_data["direction"]:
            raise ValidationError({"direction": gettext("Choose “Later” or “Earlier”.")})
        chosen = [name for box, name in BOXES.items() if self.cleaned_data[box]]
        if not chosen:
            raise ValidationError({next(iter(BOXES)): gettext("Choose at least one time to move.")})
        return dict.fromkeys(chosen, seconds)


def shift_inputs(shift: dict[str, int]) -> dict[str, Any]:
    """Return the initial values of a ShiftForm for the shift of a recipe."""
    if not shift:
        return {}
    chosen = {box: name in shift for box, name in BOXES.items()}
    return {**_length_inputs(next(iter(shift.values()))), **chosen}


def _length_inputs(seconds: int) -> dict[str, Any]:
    minutes = abs(seconds) // 60
    return {
        "direction": "earlier" if seconds < 0 else "later",
        "days": minutes // (24 * 60),
        "hours": minutes // 60 % 24,
        "minutes": minutes % 60,
    }


def _with_preset(data: Any) -> Any:
    """Return the data sent; the button of a preset replaces the length and its direction."""
    preset = next((one for one in PRESETS if data and data.get("preset") == one.value), None)
    if preset is None:
        return data
    data = data.copy()
    for name, value in preset.inputs.items():
        data[name] = str(value)
    return data


def _number(words: str, most: int) -> DigitsField:
    sentence = gettext("{field} must be a whole number from 0 to {most}.")
    codes = ("invalid", "min_value", "max_value")
    return DigitsField(
        label=words,
        min_value=0,
        max_value=most,
        initial=0,
        # An empty field is 0.
        required=False,
        error_messages=dict.fromkeys(codes, sentence.format(field=words, most=most)),
    )
