"""Form fields for days and local times, in the years that every time zone can show."""

from datetime import date, datetime, tzinfo
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from access.staff.clock_changes import never_text, twice_text
from access.values.local_times import times_of
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
        zone = timezone.get_current_timezone()
        try:
            local = parse_local(value)
            moments = [in_calendar(moment) for moment in times_of(local, zone)]
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return self._only(local, zone, moments)

    def _only(self, local: datetime, zone: tzinfo, moments: list[datetime]) -> datetime:
        if len(moments) == 1:
            return moments[0]
        if not moments:
            raise ValidationError(never_text(local, zone), code="never")
        words = _("{why} Choose an earlier or a later time.")
        raise ValidationError(words.format(why=twice_text(local, zone)), code="twice")
