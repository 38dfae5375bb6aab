"""Filters of the lists on pages that the API does not have."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.staff.time_fields import CalendarDayField
from rooms.models.searchable import LONGEST_SEARCH


class DayOfCalendarFilter(django_filters.DateFilter):
    field_class = CalendarDayField


class RoomSearchFilter(django_filters.CharFilter):
    """Finds rooms by a part of their names, as the search of the list does."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SearchInput({"data-shortcut": "/"})
        super().__init__(label=_("Room"), max_length=LONGEST_SEARCH, widget=widget, **kwargs)


class DaysForm(forms.Form):
    """The form of a list: the days come last, and must be in order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = ("since", "until")
        self.order_fields([*(name for name in self.fields if name not in days), *days])

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            # Without its days, the list does not look like an answer about one of them.
            del asked["since"]
            self.add_error("until", _("To must not be before From."))
        return asked


class DayFilter(django_filters.FilterSet):
    """Filters by the day of `time_field`, in the user's time zone."""

    time_field: ClassVar[str]

    class Meta:
        form = DaysForm

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
