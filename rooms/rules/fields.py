"""Model fields that take their own type or refuse: nothing is coerced when a room is judged.

Strictness lives in `clean`, which only full_clean calls; look-ups and the admin's
filters keep Django's usual leniency. To a migration each is Django's own field.
`from_text` reads what a form-encoded body or a file can carry: text.
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

from access.values.timestamps import format_timestamp, parse_timestamp
from rooms.rules import constraints
from rooms.rules.json_values import nests_deeper, serialized

# A body of the API nests 32 levels, itself one of them: what is stored can be sent back.
DEEPEST = 31
_JSON = json.JSONDecoder()


class StrictField:
    """Validates the type in the words of the field; rules/constraints.py has the limits."""

    plain: type[models.Field]
    code = "invalid_parameter"
    # Empty: the field's rule has the words.
    says = ""

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        # No table is any different for what these say.
        for word in ("verbose_name", "help_text", "choices"):
            kwargs.pop(word, None)
        return name, f"django.db.models.{self.plain.__name__}", args, kwargs

    def clean(self, value: Any, instance: models.Model | None) -> Any:
        """Return `value` as this field stores it; raises ValidationError for another type."""
        if value is None:
            return self._cleared(value)
        try:
            return self.exactly(value)
        except ValueError:
            raise self.fault(value) from None

    def exactly(self, value: Any) -> Any:
        """Return `value` if it is of this field's type; raises ValueError if not."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """Return the value that `text` spells, or `text` itself for `clean` to refuse."""
        return text

    def to_json(self, value: Any) -> Any:
        """Return `value` as JSON holds it: in an answer, in the history."""
        return value

    def to_text(self, value: Any) -> str:
        """Return a value, as JSON holds it, as the text that `from_text` reads."""
        return str(value)

    def fault(self, value: Any) -> ValidationError:
        rule = constraints.rule_of(self.model, self.name)
        return constraints.fault(self.name, self.code, self.says or rule.says(), value)

    def _cleared(self, value: None) -> None:
        if not self.null:
            raise self.fault(value)


class StrictIntegerField(StrictField, models.IntegerField):
    plain = models.IntegerField
    code = "not_an_integer"

    def exactly(self, value: Any) -> int:
        if type(value) is float and value.is_integer():
            return int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(value)
        return int(value)

    def fault(self, value: Any) -> ValidationError:
        error = super().fault(value)
        # 1.5 is of the right type, JSON's number; it is the limits that refuse it.
        error.code = "invalid_parameter" if type(value) is float else self.code
        return error

    def from_text(self, text: str) -> Any:
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


class StrictBooleanField(StrictField, models.BooleanField):
    plain = models.BooleanField
    code = "not_a_boolean"
    says = _("must be true or false")

    def exactly(self, value: Any) -> bool:
        if type(value) is not bool:
            raise ValueError(value)
        return value

    def from_text(self, text: str) -> Any:
        spelled = {"true": True, "false": False, "1": True, "0": False}
        return spelled.get(text.lower(), text)

    def to_text(self, value: Any) -> str:
        return str(value).lower()


class StrictChoiceField(StrictField, models.CharField):
    """One of a TextChoices; its rule says which."""

    plain = models.CharField

    def exactly(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(value)
        return str(value)


class StrictTextField(StrictField, models.TextField):
    """Text of any kind; its rule says of which."""

    plain = models.TextField
    code = "not_a_string"

    def exactly(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(value)
        return value


class TimestampField(StrictField, models.DateTimeField):
    """A moment in UTC, to the second."""

    plain = models.DateTimeField
    code = "not_a_datetime"
    says = _("must be a timestamp such as 2025-06-13T20:34:03Z")

    def exactly(self, value: Any) -> datetime:
        if isinstance(value, str):
            return parse_timestamp(value)
        if not isinstance(value, datetime) or timezone.is_naive(value) or value.microsecond:
            raise ValueError(value)
        return value

    def to_json(self, value: datetime | None) -> str | None:
        return None if value is None else format_timestamp(value)


class JsonTextField(StrictField, models.TextField):
    """A JSON object, kept as text: its keys stay in their order, its length is what was counted."""

    plain = models.TextField
    code = "not_a_hash"
    says = format_lazy(
        _("must be a JSON object of well-formed text, nested at most {deepest} levels"),
        deepest=DEEPEST,
    )

    def exactly(self, value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise ValueError(value)
        try:
            text = serialized(value)
            # What JSON would quietly change (keys that are no text, tuples) is refused.
            if json.loads(text) != value or "\\u0000" in text.replace("\\\\", ""):
                raise ValueError(value)
            if nests_deeper(value, DEEPEST):
                raise ValueError(value)
            text.encode()
        except (TypeError, RecursionError) as wrong:
            raise ValueError(value) from wrong
        return value

    def from_text(self, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    def to_text(self, value: Any) -> str:
        return serialized(value)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        # The database holds what `serialized` wrote: nothing stands before it or after.
        return None if value is None else _JSON.raw_decode(value)[0]

    def get_prep_value(self, value: Any) -> Any:
        return serialized(value) if isinstance(value, dict) else value
