"""Filters of the lists on pages that the API does not have."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.staff.time_fields import CalendarDayField


class DayOfCalendarFilter(django_filters.DateFilter):
    field_class = CalendarDayField


class DayFilter(django_filters.FilterSet):
    """Filters by the day of `time_field`, in the user's time zone."""

    time_field: ClassVar[str]

    since = DayOfCalendarFilter(
        method="from_day", label=_("From"), widget=forms.DateInput({"type": "date"})
    )
    until = DayOfCalendarFilter(
        method="to_day", label=_("To"), widget=forms.DateInput({"type": "date"})
    )

    def from_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.time_field}__gte": _midnight(day)})

    def to_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.time_field}__lt": _midnight(day + timedelta(days=1))})


def _midnight(day: date) -> datetime:
    """Return the start of a day in the user's time zone."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
