"""The filters of the list of recordings: room, person, state and days."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rooms.models.searchable import BOTH_NAMES, LONGEST_SEARCH, Matches, SearchedText
from rooms.pages.filters import DayFilter, RoomSearchFilter
from rooms.rules.searching import is_found
from sessions.media.people import with_people
from sessions.models import Member, Recording, RecordingQuerySet, RecordingState, RoomSession

# SQL folds only ASCII, so Python compares the newest of the names with other characters.
OTHER_NAMES = Q(name__regex="[^ -~]")
OTHERS_READ = 5_000


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
        return with_people(recordings, _members_named(recordings, text))

    def filter_queryset(self, queryset: Any) -> Any:
        """Filter the recordings; deleted ones are found by their state only."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.kept()


def _members_named(recordings: QuerySet[Recording], text: str) -> QuerySet[Member]:
    sessions = recordings.order_by().values("session")
    others = Member.objects.filter(OTHER_NAMES, session__in=sessions).order_by("-pk")
    names = others.values_list("pk", "name")[:OTHERS_READ]
    found = [pk for pk, name in names if is_found(text, name)]
    return Member.objects.filter(Q(Matches(text, SearchedText("name"))) | Q(pk__in=found))


RECORDING_FILTERS = tuple(RecordingPageFilter.base_filters)
