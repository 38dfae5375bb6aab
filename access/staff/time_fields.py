"""Form fields for days and local times, in the years that every time zone can show."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from access.values.timestamps import EARLIEST, LATEST, in_calendar, parse_local, parse_timestamp

YEARS = {"first": EARLIEST.year, "last": LATEST.year}


class CalendarDayField(forms.DateField):
    """Reads what <input type="date"> sends."""

    default_error_messages: ClassVar = {
        "invalid": format_lazy(_("Enter a date in the years {first} to {last}."), **YEARS)
    }

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        try:
            return parse_timestamp(f"{value}T00:00:00Z").date()
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class CalendarTimeField(forms.DateTimeField):
    """Reads what <input type="datetime-local"> sends, in the user's time zone."""

    default_error_messages: ClassVar = {
        "invalid": format_lazy(_("Enter a time in the years {first} to {last}."), **YEARS)
    }

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        try:
            # The base class adds the time zone.
            moment = super().to_python(parse_local(value))
            return in_calendar(moment) if moment else None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
