"""What lists on pages are narrowed by, beyond the API's filters."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ByDay(django_filters.FilterSet):
    """Narrows by the days, as the reader counts them, on which the moments `moment` lie."""

    moment: ClassVar[str]

    since = django_filters.DateFilter(
        method="from_day", label=_("From"), widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        method="to_day", label=_("Up to"), widget=forms.DateInput({"type": "date"})
    )

    def from_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__gte": _midnight(day)})

    def to_day(self, rows: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return rows.filter(**{f"{self.moment}__lt": _midnight(day + timedelta(days=1))})


def _midnight(day: date) -> datetime:
    """Return the first moment of a day where the reader is."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
