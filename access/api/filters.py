"""Filters of lists that refuse a value that they cannot read."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from access.values.faults import fault
from access.values.identifiers import is_uuid
from access.values.timestamps import parse_timestamp

# The error codes of our own fields; those of Django have messages for users.
OWN_WORDS = ("not_a_datetime", "not_a_boolean", "invalid_parameter")


BOOLEANS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}


def read_boolean(query: Any, name: str) -> bool:
    """Return a boolean query parameter, false by default. Raises ValidationError."""
    text = query.get(name, "false")
    if text not in BOOLEANS:
        raise ValidationError({name: fault(name, "not_a_boolean", "must be true or false", text)})
    return BOOLEANS[text]


class QueryTimestamp(forms.CharField):
    def clean(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return parse_timestamp(value)
        except ValueError:
            raise ValidationError(
                "must be a timestamp such as 2025-06-13T20:34:03Z", code="not_a_datetime"
            ) from None


class QueryBoolean(forms.CharField):
    def clean(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if value not in BOOLEANS:
            raise ValidationError("must be true or false", code="not_a_boolean")
        return BOOLEANS[value]


class QueryProject(forms.CharField):
    def clean(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if not is_uuid(value):
            raise ValidationError("must be the id of a project", code="invalid_parameter")
        return value


class YesNoFilter(django_filters.Filter):
    field_class = QueryBoolean


class ProjectIdFilter(django_filters.Filter):
    field_class = QueryProject


class StrictFilterSet(django_filters.FilterSet):
    """A filter set that refuses invalid values with the errors of the API."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        # Only the filters of the request: a form with all fields takes as long as the query.
        asked = data or ()
        self.base_filters = {
            name: filter_ for name, filter_ in self.base_filters.items() if name in asked
        }
        super().__init__(data, *args, **kwargs)

    def narrowed(self) -> QuerySet[Any]:
        """Return the filtered rows. Raises ValidationError with all errors."""
        if not self.filters:
            return self.queryset
        if not self.is_valid():
            raise ValidationError(self._faults())
        return self.qs

    def _faults(self) -> dict[str, ValidationError]:
        found = {}
        for name, errors in self.form.errors.as_data().items():
            code = errors[0].code
            rule = errors[0].message if code in OWN_WORDS else None
            found[name] = fault(
                name,
                code if rule else "invalid_parameter",
                rule or self._choices(name),
                self.data.get(name),
            )
        return found

    def _choices(self, name: str) -> str:
        choices = getattr(self.form.fields[name], "choices", ())
        values = [str(value) for value, _ in choices if value]
        return f"must be one of {', '.join(values)}" if values else "must be valid text"
