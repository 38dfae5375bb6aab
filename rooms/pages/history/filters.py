import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rooms.models.history import Action, Channel, RoomChange
from rooms.pages.filters import DayFilter, RoomSearchFilter
from rooms.pages.history.room_search import changes_of_rooms


class HistoryFilter(DayFilter):
    time_field = "at"

    room = RoomSearchFilter(method="found")
    author = django_filters.CharFilter("author_name", "icontains", label=_("Changed by"))
    # Links to this page say "door".
    door = django_filters.ChoiceFilter(
        "channel", choices=Channel, label=_("Via"), empty_label=_("any")
    )
    action = django_filters.ChoiceFilter(choices=Action, label=_("Action"), empty_label=_("any"))
    bulk = django_filters.UUIDFilter("bulk_id", label=_("Bulk edit"), widget=forms.HiddenInput)

    class Meta(DayFilter.Meta):
        model = RoomChange
        fields = ()

    def found(self, changes: QuerySet[RoomChange], _: str, text: str) -> QuerySet[RoomChange]:
        return changes_of_rooms(changes, text, self.request.user)
