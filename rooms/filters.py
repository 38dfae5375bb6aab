"""The filters and orders of room lists, for the API and the pages."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from access.api.filters import ProjectIdFilter, QueryTimestamp, StrictFilterSet, YesNoFilter
from rooms.models import Layout, Quality, Room, RoomStatus, nulls_last
from rooms.rules.constraints import rule_of
from rooms.rules.join_policy import SCHEDULE

# No name is longer, and SQLite refuses texts of 50,000 characters.
LONGEST = rule_of(Room, "display_name").longest


class QueryText(forms.CharField):
    def clean(self, value: Any) -> Any:
        if value and len(value) > LONGEST:
            raise ValidationError(
                f"must have at most {LONGEST} characters", code="invalid_parameter"
            )
        return super().clean(value)


class TimestampFilter(django_filters.Filter):
    field_class = QueryTimestamp

    def filter(self, rooms: QuerySet[Room], value: Any) -> QuerySet[Room]:
        if value is None:
            return rooms
        late = self.lookup_expr == "gte"
        compared = GreaterThanOrEqual if late else LessThanOrEqual
        # The same condition again, as the index has it (Room.Meta.indexes).
        indexed = compared(nulls_last(self.field_name, downwards=late), value)
        return super().filter(rooms, value).filter(indexed)


class TextFilter(django_filters.CharFilter):
    field_class = QueryText


class RoomFilter(StrictFilterSet):
    include_active_session = YesNoFilter(
        method="with_session",
        help_text="Include active_session; without it, active_session is null.",
    )
    starts_after = TimestampFilter(
        "join_from", "gte", help_text="Rooms with join_from at this time or later."
    )
    ends_before = TimestampFilter(
        "join_until", "lte", help_text="Rooms with join_until at this time or earlier."
    )
    quality = django_filters.ChoiceFilter(choices=Quality.choices)
    layout = django_filters.ChoiceFilter(choices=Layout.choices)
    record_on_start = YesNoFilter()
    enable_room_previews = YesNoFilter()
    status = django_filters.ChoiceFilter(
        choices=RoomStatus.choices,
        method="in_status",
        help_text="Whether the join window is scheduled, open or closed now.",
    )
    live = YesNoFilter(
        method="is_live", help_text="Rooms with a session in progress, or without one."
    )
    name = django_filters.CharFilter(lookup_expr="icontains", help_text="Part of the name.")
    display_name = django_filters.CharFilter(
        lookup_expr="icontains", help_text="Part of the display name."
    )
    search = django_filters.CharFilter(
        method="found", help_text="Part of the name or the display name."
    )
    ordering = django_filters.ChoiceFilter(
        method="ordered",
        choices=[
            (f"{sign}{name}", f"{sign}{name}")
            for name in (
                "created_at",
                "updated_at",
                "name",
                "display_name",
                "max_members",
                "join_from",
                "join_until",
                "remove_at",
            )
            for sign in ("", "-")
        ],
        help_text="The field to sort by, descending with -. Rooms without a value come last.",
    )

    class Meta:
        model = Room
        fields = ()

    def with_session(self, rooms: QuerySet[Room], _: str, included: bool) -> QuerySet[Room]:
        return rooms.with_active_session() if included else rooms

    def in_status(self, rooms: QuerySet[Room], _: str, status: str) -> QuerySet[Room]:
        return rooms.in_status(RoomStatus(status), timezone.now())

    def is_live(self, rooms: QuerySet[Room], _: str, live: bool) -> QuerySet[Room]:
        return rooms.live(live)

    def found(self, rooms: QuerySet[Room], _: str, text: str) -> QuerySet[Room]:
        return rooms.filter(Q(name__icontains=text) | Q(display_name__icontains=text))

    def ordered(self, rooms: QuerySet[Room], _: str, ordering: str) -> QuerySet[Room]:
        name = ordering.lstrip("-")
        if name == "created_at":
            # Ids sort by their time of creation.
            return rooms.order_by(ordering.replace("created_at", "id"))
        if name in SCHEDULE:
            # Keyset pages need an order without nulls, so rooms without a value come last.
            value = nulls_last(name, downwards=ordering.startswith("-"))
            rooms = rooms.annotate(**{f"{name}_or_last": value})
            return rooms.order_by(f"{ordering}_or_last")
        return rooms.order_by(ordering)


class PageFilter(RoomFilter):
    """The filters of the staff's pages, which also filter by project."""

    project = ProjectIdFilter("project_id")
    # The API limits its whole query instead (access/http/framing.py).
    name = TextFilter(lookup_expr="icontains")
    display_name = TextFilter(lookup_expr="icontains")
    search = TextFilter(method="found")
