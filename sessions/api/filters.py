import django_filters

from access.api.filters import StrictFilterSet
from sessions.models import RoomSession, SessionStatus


class RoomSessionFilter(StrictFilterSet):
    room_id = django_filters.UUIDFilter("room", help_text="Sessions of this room.")
    room_name = django_filters.CharFilter("name", help_text="Sessions of rooms with this name.")
    room_name_matches = django_filters.CharFilter(
        "name", lookup_expr="contains", help_text="Part of the room's name."
    )
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices)

    class Meta:
        model = RoomSession
        fields = ()
