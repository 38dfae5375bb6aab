"""The filters of the list of recordings: room, person, state and days."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rooms.models.searchable import BOTH_NAMES, LONGEST_SEARCH, Matches
from rooms.pages.filters import DayFilter, RoomSearchFilter
from sessions.media.people import members_named, with_people
from sessions.models import Recording, RecordingQuerySet, RecordingState, RoomSession


class RecordingPageFilter(DayFilter):
    time_field = "started_at"

    name = RoomSearchFilter(method="of_room")
    person = django_filters.CharFilter(
        method="with_person",
        label=_("Person"),
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput,
    )
    state = django_filters.ChoiceFilter(
        choices=RecordingState, label=_("Status"), empty_label=_("any")
    )

    class Meta(DayFilter.Meta):
        model = Recording
        fields = ()

    def of_room(self, recordings: QuerySet[Recording], _: str, text: str) -> QuerySet[Recording]:
        found = RoomSession.objects.filter(Matches(text, BOTH_NAMES))
        return recordings.filter(session__in=found.order_by().values("pk"))

    def with_person(self, recordings: RecordingQuerySet, _: str, text: str) -> QuerySet[Recording]:
        """Return the recordings that a person of this name is in."""
        return with_people(recordings, members_named(recordings, text))

    def filter_queryset(self, queryset: Any) -> Any:
        """Filter the recordings; deleted ones are found by their state only."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.kept()


RECORDING_FILTERS = tuple(RecordingPageFilter.base_filters)
