"""A JSON column that keeps the `meta` of rooms exact."""

from typing import Any

from django.db import models

from rooms.rules.json_values import with_texts, without_texts


class ExactJSONField(models.JSONField):
    """A JSON column that stores each `meta` as text, because jsonb rewrites numbers.

    Migrations contain a plain JSONField.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return without_texts(super().from_db_value(value, expression, connection))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(with_texts(value), connection)
