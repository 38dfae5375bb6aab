import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rooms.models.searchable import BOTH_NAMES, Matches
from rooms.pages.filters import DayFilter, RoomSearchFilter
from sessions.models import RoomSession, SessionStatus


class SessionPageFilter(DayFilter):
    time_field = "start_time"

    name = RoomSearchFilter(method="found")
    status = django_filters.ChoiceFilter(
        choices=SessionStatus, label=_("Status"), empty_label=_("any")
    )
    room = django_filters.UUIDFilter("room_id", label=_("Room"), widget=forms.HiddenInput)

    class Meta(DayFilter.Meta):
        model = RoomSession
        fields = ()

    def found(self, sessions: QuerySet[RoomSession], _: str, text: str) -> QuerySet[RoomSession]:
        return sessions.filter(Matches(text, BOTH_NAMES))


SESSION_FILTERS = tuple(SessionPageFilter.base_filters)
