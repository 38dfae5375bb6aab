import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.filters import DayFilter


class HistoryFilter(DayFilter):
    time_field = "at"

    room = django_filters.CharFilter("room_name", "icontains", label=_("Room"))
    author = django_filters.CharFilter("author_name", "icontains", label=_("Changed by"))
    # Links to this page say "door".
    door = django_filters.ChoiceFilter(
        "channel", choices=Channel, label=_("Via"), empty_label=_("any")
    )
    action = django_filters.ChoiceFilter(choices=Action, label=_("Action"), empty_label=_("any"))
    bulk = django_filters.UUIDFilter("bulk_id", widget=forms.HiddenInput)

    class Meta:
        model = RoomChange
        fields = ()
