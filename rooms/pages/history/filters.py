import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from rooms.models.history import Action, Door, RoomChange
from rooms.pages.filters import ByDay


class HistoryFilter(ByDay):
    moment = "at"

    room = django_filters.CharFilter("room_name", "icontains", label=_("Room"))
    author = django_filters.CharFilter("author_name", "icontains", label=_("Who"))
    door = django_filters.ChoiceFilter(choices=Door, label=_("Door"), empty_label=_("any"))
    action = django_filters.ChoiceFilter(choices=Action, label=_("What"), empty_label=_("any"))
    bulk = django_filters.UUIDFilter("bulk_id", widget=forms.HiddenInput)

    class Meta:
        model = RoomChange
        fields = ()
