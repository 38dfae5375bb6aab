"""Model fields that accept only values of their own type, without coercion.

`clean` is strict; lookups and the admin's filters convert values as Django does. Migrations
contain Django's own fields. `from_text` parses values of form-encoded bodies and files.
"""

import json
import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from access.values.faults import fault
from access.values.json_objects import without_duplicates
from access.values.timestamps import format_timestamp, parse_timestamp
from rooms.rules.constraints import rule_of
from rooms.rules.json_values import RewrittenObject, nests_deeper, serialized

# A body of the API has at most 32 levels including itself, so a stored value can be sent back.
DEEPEST = 31
_JSON = json.JSONDecoder()


class StrictField:
    """Validates the type; the rules (rooms/rules/constraints) validate the limits."""

    plain: type[models.Field]
    code = "invalid_parameter"
    # list or dict, if a form may send such a value in parts (access/api/forms.py).
    shape: type | None = None
    # If this is empty, the field's rule supplies the words.
    requirement = ""

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        # These do not affect the table.
        for option in ("verbose_name", "help_text", "choices"):
            kwargs.pop(option, None)
        return name, f"django.db.models.{self.plain.__name__}", args, kwargs

    def clean(self, value: Any, instance: models.Model | None) -> Any:
        """Return `value` as this field stores it; raise ValidationError for another type."""
        if value is None:
            return self._clean_null(value)
        try:
            return self.require_type(value)
        except ValueError:
            raise self.fault(value) from None

    def require_type(self, value: Any) -> Any:
        """Return `value` if it has this field's type; raise ValueError if not."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """Return the value of `text`, or `text` itself, which `clean` then rejects."""
        return text

    def to_json(self, value: Any) -> Any:
        """Return `value` as a JSON value, for responses and the history."""
        return value

    def to_text(self, value: Any) -> str:
        """Return a JSON value as the text that `from_text` parses."""
        return str(value)

    def fault(self, value: Any) -> ValidationError:
        rule = rule_of(self.model, self.name)
        return fault(self.name, self.code, self.requirement or rule.requirement(), value)

    def _clean_null(self, value: None) -> None:
        if not self.null:
            raise self.fault(value)


class StrictIntegerField(StrictField, models.IntegerField):
    plain = models.IntegerField
    code = "not_an_integer"

    def require_type(self, value: Any) -> int:
        if type(value) is float and value.is_integer():
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(value)
        return int(value)

    def fault(self, value: Any) -> ValidationError:
        error = super().fault(value)
        # 1.5 has the right JSON type, number, so the code is the one of a wrong limit.
        error.code = "invalid_parameter" if isinstance(value, float) else self.code
        return error

    def from_text(self, text: str) -> Any:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


class StrictBooleanField(StrictField, models.BooleanField):
    plain = models.BooleanField
    code = "not_a_boolean"
    requirement = _("must be true or false")

    def require_type(self, value: Any) -> bool:
        if type(value) is not bool:
            raise ValueError(value)
        return value

    def from_text(self, text: str) -> Any:
        values = {"true": True, "false": False, "1": True, "0": False}
        return values.get(text.lower(), text)

    def to_text(self, value: Any) -> str:
        return str(value).lower()


class StrictChoiceField(StrictField, models.CharField):
    """A value of TextChoices, which the field's rule lists."""

    plain = models.CharField

    def require_type(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(value)
        return str(value)


class StrictTextField(StrictField, models.TextField):
    """Text; the field's rule limits it."""

    plain = models.TextField
    code = "not_a_string"

    def require_type(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(value)
        return value


class TimestampField(StrictField, models.DateTimeField):
    """A time in UTC, to the second."""

    plain = models.DateTimeField
    code = "not_a_datetime"
    requirement = _("must be a timestamp such as 2025-06-13T20:34:03Z")

    def require_type(self, value: Any) -> datetime:
        if isinstance(value, str):
            return parse_timestamp(value)
        if not isinstance(value, datetime) or timezone.is_naive(value) or value.microsecond:
            raise ValueError(value)
        return value

    def to_json(self, value: datetime | None) -> str | None:
        return None if value is None else format_timestamp(value)


class JsonTextField(StrictField, models.TextField):
    """A JSON object, stored as text, which keeps the order of keys and the length."""

    plain = models.TextField
    code = "not_a_hash"
    shape = dict
    requirement = format_lazy(
        _("must be a JSON object of well-formed text, nested at most {deepest} levels"),
        deepest=DEEPEST,
    )

    def require_type(self, value: Any) -> dict[str, Any]:
        if type(value) not in (dict, RewrittenObject):
            raise ValueError(value)
        try:
            text = serialized(value)
            # JSON would silently change keys that are not text, and tuples.
            if json.loads(text) != value or "\\u0000" in text.replace("\\\\", ""):
                raise ValueError(value)
            if nests_deeper(value, DEEPEST):
                raise ValueError(value)
            text.encode()
        except (TypeError, RecursionError) as fault:
            raise ValueError(value) from fault
        return value

    def from_text(self, text: str) -> Any:
        try:
            return json.loads(text, object_pairs_hook=without_duplicates)
        except (ValueError, RecursionError):
            return text

    def to_text(self, value: Any) -> str:
        return serialized(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        # The stored text comes from `serialized`, without spaces around it.
        return None if value is None else _JSON.raw_decode(value)[0]

    def get_prep_value(self, value: Any) -> Any:
        return serialized(value) if isinstance(value, dict) else value
