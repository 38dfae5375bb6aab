"""Forms that ask what is to be done to many rooms: the admin's, and what all of them share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.values.faults import shown
from rooms.bulk.recipes import FURTHEST_SHIFT, MOMENTS, Recipe
from rooms.display.values import label
from rooms.models import Room
from rooms.rules.form_fields import form_field

HOUR, DAY = 3600, 24 * 3600
_NO_TIME = _("Say how far: 0 days, 0 hours and 0 minutes move nothing.")


class RecipeForm(forms.Form):
    """Asks for what a recipe needs. Its fields go with the preview, and are read again after it."""

    recipe: Recipe

    def change(self) -> dict[str, Any]:
        """Return the change that was typed, as the API spells it."""
        raise NotImplementedError

    def summary(self) -> str:
        """Return the recipe as a person reads it."""
        raise NotImplementedError

    def clean(self) -> None:
        if self.errors:
            return
        try:
            self.recipe = Recipe.read(self.change())
        except ValidationError as refusal:
            for name, faults in refusal.error_dict.items():
                self.add_error(name if name in self.fields else None, faults)


class Setting(RecipeForm):
    """Asks for the value of one setting."""

    def __init__(self, name: str, data: Any = None) -> None:
        super().__init__(data)
        self.name = name
        self.fields[name] = form_field(Room._meta.get_field(name))

    def change(self) -> dict[str, Any]:
        return {"set": {self.name: self.cleaned_data[self.name]}}

    def summary(self) -> str:
        return f"{self.name} becomes {shown(self.recipe.values[self.name])}."


def _number(words: str, most: int) -> forms.IntegerField:
    rule = gettext("{field} must be a whole number from 0 to {most}.")
    sentence = rule.format(field=words, most=most)
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        label=words,
        min_value=0,
        max_value=most,
        initial=0,
        error_messages=dict.fromkeys(codes, sentence),
    )


class ShiftForm(RecipeForm):
    """Asks how far to move the schedule, which way, and which of its moments."""

    # What the box of a moment is called: a form may have a field of the moment's own name.
    box = "{}"

    direction = forms.ChoiceField(
        choices=[("later", _("Later")), ("earlier", _("Earlier"))], initial="later"
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["days"] = _number(_("Days"), FURTHEST_SHIFT // DAY)
        self.fields["hours"] = _number(_("Hours"), FURTHEST_SHIFT // HOUR)
        self.fields["minutes"] = _number(_("Minutes"), 59)
        for name in MOMENTS:
            self.fields[self.box.format(name)] = forms.BooleanField(
                label=label(name), initial=True, required=False
            )

    def seconds(self) -> int:
        typed = {name: self.cleaned_data[name] or 0 for name in ("days", "hours", "minutes")}
        length = typed["days"] * DAY + typed["hours"] * HOUR + typed["minutes"] * 60
        return -length if self.cleaned_data["direction"] == "earlier" else length

    def shifts(self) -> dict[str, int]:
        """Return what is typed as a recipe has it; raises ValidationError where nothing moves."""
        chosen = [name for name in MOMENTS if self.cleaned_data[self.box.format(name)]]
        if not chosen:
            first = self.box.format(MOMENTS[0])
            raise ValidationError({first: gettext("Choose at least one moment to move.")})
        return dict.fromkeys(chosen, self.seconds())


class Shift(ShiftForm):
    """Asks for a shift and nothing else."""

    def change(self) -> dict[str, Any]:
        if not self.seconds():
            raise ValidationError({"hours": _NO_TIME})
        return {"shift": self.shifts()}

    def summary(self) -> str:
        typed = self.cleaned_data
        days = f"{typed['days']} d " if typed["days"] else ""
        return (
            f"{', '.join(self.recipe.shifts)}: {days}{typed['hours']} h "
            f"{typed['minutes']} min {typed['direction']}."
        )
