"""The staff's forms of a room: they read what a browser sends; the model judges it.

Nothing is refused here that the API would not refuse, and in the same words: text that
cannot be read goes on as it is, for the model's own field to refuse.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from access.models import Project
from config.parsers import read_json
from rooms import fields
from rooms.changes import SETTINGS, Change, Stale, change_room, create_room
from rooms.history import Author, RoomChange
from rooms.models import Room
from rooms.rules import rule_of, shown
from rooms.timestamps import parse_timestamp

# JSON Schema's words for a limit, and HTML's. Not the pattern: browsers read [_-] otherwise.
HTML_BOUNDS = {"minimum": "min", "maximum": "max", "maxLength": "maxlength"}
# What a blank stands for is said by Room.put_defaults.
MAY_BE_BLANK = ("display_name", "meta")
# What <input type="datetime-local"> sends: no zone, and no seconds when they are zero.
DATETIME_LOCAL = re.compile(r"\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z", re.ASCII)


class FromText(forms.Field):
    """Reads text as its model field does; blank is null."""

    widget = forms.TextInput

    def __init__(self, model_field: Any) -> None:
        self.model_field = model_field
        super().__init__(
            required=False,
            initial=model_field.get_default(),
            label=capfirst(model_field.verbose_name),
            help_text=model_field.help_text,
            widget=self.drawn(html_bounds(model_field)),
        )

    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return self.widget(bounds)

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        return self.read(value) if isinstance(value, str) else value

    def read(self, text: str) -> Any:
        """Return the value that `text` spells, or `text` itself for the model to refuse."""
        return self.model_field.from_text(text)

    def prepare_value(self, value: Any) -> str:
        """Return the text that a browser shows, and sends back, for `value`."""
        if value is None:
            return ""
        return value if isinstance(value, str) else self.spelled(value)

    def spelled(self, value: Any) -> str:
        return str(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class Number(FromText):
    widget = forms.NumberInput


class Line(FromText):
    pass


class Paragraphs(FromText):
    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Textarea({"rows": 4, **bounds})

    def read(self, text: str) -> str:
        # Browsers turn every newline of a textarea into CRLF; nobody typed that.
        return text.replace("\r\n", "\n")


class Selection(FromText):
    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Select(bounds, choices=self.model_field.choices)


class Timestamp(FromText):
    def __init__(self, model_field: Any) -> None:
        super().__init__(model_field)
        self.help_text = f"{model_field.help_text} In UTC."

    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.DateTimeInput({"type": "datetime-local", "step": 1, **bounds})

    def read(self, text: str) -> Any:
        try:
            return parse_timestamp(_with_zone(text))
        except ValueError:
            return text

    def prepare_value(self, value: Any) -> str:
        # Typed with an offset, it would show as nothing in a browser's own field.
        return super().prepare_value(self.to_python(value))

    def spelled(self, value: datetime) -> str:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


class Json(FromText):
    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Textarea({"rows": 6, "spellcheck": "false", **bounds})

    def read(self, text: str) -> Any:
        try:
            return read_json(text)
        except ValueError:
            return text

    def spelled(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2)

    def has_changed(self, initial: Any, data: Any) -> bool:
        # To Python {"a": 1} and {"a": true} are equal, and so are two orders of the keys.
        return json.dumps(self.to_python(initial)) != json.dumps(self.to_python(data))


def form_field(model_field: Any, **_: Any) -> forms.Field:
    """Return the form's field for a setting, limited in HTML by the setting's own rule."""
    if isinstance(model_field, fields.YesNo):
        label = capfirst(model_field.verbose_name)
        return forms.BooleanField(required=False, label=label, help_text=model_field.help_text)
    if model_field.name == "description":
        return Paragraphs(model_field)
    return KINDS[type(model_field)](model_field)


KINDS = {
    fields.WholeNumber: Number,
    fields.Words: Line,
    fields.Choice: Selection,
    fields.Moment: Timestamp,
    fields.JsonObject: Json,
}


def html_bounds(model_field: Any) -> dict[str, Any]:
    """Return the attributes of an input that a browser enforces before anything is sent."""
    rule = rule_of(model_field.model, model_field.name)
    bounds = rule.bounds() if rule else {}
    needed = not model_field.null and model_field.name not in MAY_BE_BLANK
    found = {HTML_BOUNDS[word]: limit for word, limit in bounds.items() if word in HTML_BOUNDS}
    return {**found, "required": True} if needed else found


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
            if name in ("name", *SETTINGS) and not self._is_missing(name)
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
            self.add_error("meta", f"It cannot be read as JSON: {shown(str(reason))[1:-1]}.")


class NewRoomForm(SettingsForm):
    project = forms.ModelChoiceField(Project.objects.all())

    class Meta(SettingsForm.Meta):
        fields = ("name", *SETTINGS)

    def apply(self, *, by: Author) -> Change | None:
        """Make the room; None, with the form's errors saying why, when it was refused."""
        try:
            return create_room(self.cleaned_data["project"].pk, self.edit, by=by)
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

    def apply(self, *, by: Author) -> Change | None:
        """Change the room; None, with the form's errors saying why, when it was refused."""
        try:
            return change_room(
                Room.objects, self.instance.pk, self.edit, by=by, unless_stale=self._was_seen
            )
        except Stale as stale:
            self._tell_stale(stale.room)
        except ValidationError as refusal:
            self.tell(refusal)
        except Room.DoesNotExist:
            self.add_error(None, "Nothing was saved: someone deleted this room meanwhile.")
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
            self.add_error(name, f"Someone else set this to {shown(now)}.")
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
        labels = ", ".join(str(self[name].label) for name in moved) or "nothing that is left"
        return (
            "Nothing was saved: someone else changed this room while you had it open "
            f"({labels}). What you typed is still here. Look it over and save again."
        )


def settings_at(room: Room, version: int | None) -> dict[str, Any]:
    """Return the settings that have moved since `version` of the room, as they were then."""
    if version is None or version >= room.version:
        return {}
    then: dict[str, Any] = {}
    later = RoomChange.objects.filter(room_id=room.pk, version__gt=version)
    for change in later.order_by("-version"):
        then |= {name: before for name, (before, _) in change.changes.items()}
    return then


def _with_zone(text: str) -> str:
    match = DATETIME_LOCAL.match(text)
    if not match:
        return text
    return f"{text}Z" if match[1] else f"{text}:00Z"
