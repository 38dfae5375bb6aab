"""A model field for one line of text."""

from typing import Any

from django.db import models

from access.values.lines import TrimmedField, trimmed
from rooms.rules.fields import StrictTextField


class LineField(TrimmedField, StrictTextField):
    """A trimmed line. A blank one is null, or the value of the field `instead`."""

    def __init__(self, *args: Any, instead: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instead = instead

    @property
    def may_be_blank(self) -> bool:
        return self.null or bool(self.instead)

    def filled(self, value: Any, instance: models.Model | None) -> Any:
        text = trimmed(value)
        if text not in (None, ""):
            return text
        if self.instead and instance is not None:
            return getattr(instance, self.instead)
        return None if self.null else text
