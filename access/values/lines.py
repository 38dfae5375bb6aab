"""One-line texts: each field removes the white space around them, in every channel."""

import re
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from access.values.characters import NOT_IN_A_LINE, SEEN, WHITE_SPACE
from access.values.faults import fault

LINE_WORDS = _lazy("on one line, not blank, without control characters or bidi overrides")


def trimmed(value: Any) -> Any:
    """Return a text without the white space around it; other values stay as they are."""
    return value.strip(WHITE_SPACE) if isinstance(value, str) else value


def is_line(text: str) -> bool:
    """Return whether `text` can be seen and has no character that a line must not have."""
    return not re.search(NOT_IN_A_LINE, text) and re.search(SEEN, text) is not None


class TrimmedField(models.Field):  # type: ignore[type-arg]  # generic to the stubs only
    """A model field that trims its text when it validates and when it saves."""

    def filled(self, value: Any, instance: models.Model | None) -> Any:
        """Return `value` as this field stores it."""
        return trimmed(value)

    def clean(self, value: Any, instance: models.Model | None) -> Any:
        return super().clean(self.filled(value, instance), instance)

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        setattr(instance, self.attname, self.filled(getattr(instance, self.attname), instance))
        return super().pre_save(instance, add)


class LineCharField(TrimmedField, models.CharField):  # type: ignore[type-arg]  # generic to the stubs only
    """A line of at most `max_length` characters. Migrations contain a plain CharField."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def validate(self, value: Any, instance: models.Model | None) -> None:
        super().validate(value, instance)
        if value and not is_line(value):
            rule = _("must be text of at most {longest} characters {words}")
            words = rule.format(longest=self.max_length, words=LINE_WORDS)
            raise fault(self.name, "invalid_parameter", words, value)

    def formfield(self, **kwargs: Any) -> Any:
        # Django would strip some control characters, too, which this field refuses.
        return super().formfield(**{"strip": False, **kwargs})
