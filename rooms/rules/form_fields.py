"""Form fields of a room's settings: they parse text as the model field does.

They reject nothing: text without a valid value is passed on, and the model field rejects it with
the same message as in the API.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from access.api.parsers import read_json
from access.values.timestamps import DATETIME_LOCAL, parse_timestamp
from rooms.rules import fields
from rooms.rules.constraints import rule_of
from rooms.rules.line_field import LineField

# Maps JSON Schema's keywords to HTML's. Patterns are left out: browsers read [_-] differently.
HTML_BOUNDS = {"minimum": "min", "maximum": "max", "maxLength": "maxlength"}
# Room.put_defaults() sets the values of these blank fields.
MAY_BE_BLANK = ("display_name", "meta")
# Empty text is None. More than 18 digits exceed a column of a database.
DIGITS = re.compile(r"(-?[0-9]{1,18}(\.0*)?)?")


class TextFormField(forms.Field):
    """Parses text as its model field does; a blank is null."""

    widget = forms.TextInput

    def __init__(self, model_field: Any) -> None:
        self.model_field = model_field
        super().__init__(
            required=False,
            initial=model_field.get_default(),
            label=capfirst(model_field.verbose_name),
            help_text=model_field.help_text,
            widget=self.build_widget(html_bounds(model_field)),
        )

    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        return self.widget(bounds)

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        return self.read(value) if isinstance(value, str) else value

    def read(self, text: str) -> Any:
        """Return the value of `text`, or `text` itself, which the model then rejects."""
        return self.model_field.from_text(text)

    def prepare_value(self, value: Any) -> str:
        """Return the text that a browser shows for `value` and sends back."""
        if value is None:
            return ""
        return value if isinstance(value, str) else self.to_input(value)

    def to_input(self, value: Any) -> str:
        return str(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class NumberFormField(TextFormField):
    widget = forms.NumberInput


class LineFormField(TextFormField):
    pass


class ParagraphsFormField(TextFormField):
    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Textarea({"rows": 4, **bounds})

    def read(self, text: str) -> str:
        # Browsers send every newline of a textarea as CRLF.
        return text.replace("\r\n", "\n")


class SelectionFormField(TextFormField):
    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Select(bounds, choices=self.model_field.choices)


class TimestampFormField(TextFormField):
    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.DateTimeInput({"type": "datetime-local", "step": 1, **bounds})

    def read(self, text: str) -> Any:
        try:
            return parse_timestamp(_with_zone(text))
        except ValueError:
            return text

    def prepare_value(self, value: Any) -> str:
        # A browser shows an empty field for a value with an offset.
        return super().prepare_value(self.to_python(value))

    def to_input(self, value: datetime) -> str:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


class JsonFormField(TextFormField):
    def build_widget(self, bounds: dict[str, Any]) -> forms.Widget:
        return forms.Textarea({"rows": 6, "spellcheck": "false", **bounds})

    def read(self, text: str) -> Any:
        try:
            return read_json(text)
        except ValueError:
            return text

    def to_input(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2)

    def has_changed(self, initial: Any, data: Any) -> bool:
        # In Python {"a": 1} equals {"a": true}, and the order of keys does not count.
        return json.dumps(self.to_python(initial)) != json.dumps(self.to_python(data))


class DigitsField(forms.IntegerField):
    """A whole number in ASCII digits; int() also reads 1_0 and the digits of other scripts."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and not DIGITS.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def form_field(model_field: Any, **_: Any) -> forms.Field:
    """Return the form field of a setting, with its rule as HTML attributes."""
    if isinstance(model_field, fields.StrictBooleanField):
        label = capfirst(model_field.verbose_name)
        return forms.BooleanField(required=False, label=label, help_text=model_field.help_text)
    if model_field.name == "description":
        return ParagraphsFormField(model_field)
    return KINDS[type(model_field)](model_field)


KINDS = {
    fields.StrictIntegerField: NumberFormField,
    fields.StrictTextField: LineFormField,
    LineField: LineFormField,
    fields.StrictChoiceField: SelectionFormField,
    fields.TimestampField: TimestampFormField,
    fields.JsonTextField: JsonFormField,
}


def html_bounds(model_field: Any) -> dict[str, Any]:
    """Return the attributes of an input that a browser validates."""
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
