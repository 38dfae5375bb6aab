"""How a browser draws each setting and what it sends back: text, read as the model field reads it.

Nothing is refused here: text that cannot be read goes on as it is, for the model's own
field to refuse, in the words of every other door.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.text import capfirst

from access.api.parsers import read_json
from access.values.timestamps import parse_timestamp
from rooms.rules import fields
from rooms.rules.constraints import rule_of

# JSON Schema's words for a limit, and HTML's. Not the pattern: browsers read [_-] otherwise.
HTML_BOUNDS = {"minimum": "min", "maximum": "max", "maxLength": "maxlength"}
# What a blank stands for is said by Room.put_defaults.
MAY_BE_BLANK = ("display_name", "meta")
# What <input type="datetime-local"> sends: no zone, and no seconds when they are zero.
DATETIME_LOCAL = re.compile(r"\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?\Z", re.ASCII)


class TextFormField(forms.Field):
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


class NumberFormField(TextFormField):
    widget = forms.NumberInput


class LineFormField(TextFormField):
    pass


class ParagraphsFormField(TextFormField):
    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Textarea({"rows": 4, **bounds})

    def read(self, text: str) -> str:
        # Browsers turn every newline of a textarea into CRLF; nobody typed that.
        return text.replace("\r\n", "\n")


class SelectionFormField(TextFormField):
    def drawn(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Select(bounds, choices=self.model_field.choices)


class TimestampFormField(TextFormField):
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


class JsonFormField(TextFormField):
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
    if isinstance(model_field, fields.StrictBooleanField):
        label = capfirst(model_field.verbose_name)
        return forms.BooleanField(required=False, label=label, help_text=model_field.help_text)
    if model_field.name == "description":
        return ParagraphsFormField(model_field)
    return KINDS[type(model_field)](model_field)


KINDS = {
    fields.StrictIntegerField: NumberFormField,
    fields.StrictTextField: LineFormField,
    fields.StrictChoiceField: SelectionFormField,
    fields.TimestampField: TimestampFormField,
    fields.JsonTextField: JsonFormField,
}


def html_bounds(model_field: Any) -> dict[str, Any]:
    """Return the attributes of an input that a browser enforces before anything is sent."""
    rule = rule_of(model_field.model, model_field.name)
    bounds = rule.bounds() if rule else {}
    needed = not model_field.null and model_field.name not in MAY_BE_BLANK
    found = {HTML_BOUNDS[word]: limit for word, limit in bounds.items() if word in HTML_BOUNDS}
    return {**found, "required": True} if needed else found


def _with_zone(text: str) -> str:
    match = DATETIME_LOCAL.match(text)
    if not match:
        return text
    return f"{text}Z" if match[1] else f"{text}:00Z"
