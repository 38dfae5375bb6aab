"""What the history's pages can be narrowed to."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.history import Action, Door, RoomChange


class HistoryFilter(django_filters.FilterSet):
    room = django_filters.CharFilter("room_name", "icontains", label=_("Room"))
    author = django_filters.CharFilter("author_name", "icontains", label=_("Who"))
    door = django_filters.ChoiceFilter(choices=Door, label=_("Door"), empty_label=_("any"))
    action = django_filters.ChoiceFilter(choices=Action, label=_("What"), empty_label=_("any"))
    since = django_filters.DateFilter(
        method="from_day", label=_("From"), widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        method="to_day", label=_("Up to"), widget=forms.DateInput({"type": "date"})
    )
    bulk = django_filters.UUIDFilter("bulk_id", widget=forms.HiddenInput)

    class Meta:
        model = RoomChange
        fields = ()

    def from_day(self, changes: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return changes.filter(at__gte=_midnight(day))

    def to_day(self, changes: QuerySet[Any], _name: str, day: date) -> QuerySet[Any]:
        return changes.filter(at__lt=_midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    """Return the first moment of a day where the reader is."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
