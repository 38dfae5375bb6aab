import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rooms.pages.filters import DayFilter
from sessions.models import RoomSession, SessionStatus


class SessionPageFilter(DayFilter):
    time_field = "start_time"

    name = django_filters.CharFilter(method="named", label=_("Room"))
    status = django_filters.ChoiceFilter(
        choices=SessionStatus, label=_("Status"), empty_label=_("any")
    )
    room = django_filters.UUIDFilter("room_id", widget=forms.HiddenInput)

    class Meta:
        model = RoomSession
        fields = ()

    def named(self, sessions: QuerySet[RoomSession], _: str, text: str) -> QuerySet[RoomSession]:
        return sessions.filter(Q(name__icontains=text) | Q(display_name__icontains=text))
