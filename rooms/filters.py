"""The filters and orders of room lists, for the API and the pages."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from access.api.filters import QueryTimestamp, StrictFilterSet, YesNoFilter
from rooms.models import Layout, Quality, Room, RoomQuerySet, RoomStatus, nulls_last
from rooms.models.searchable import DISPLAY_NAME, LONGEST_SEARCH, NAME
from rooms.rules.join_policy import SCHEDULE

WORDS = (
    "Their order, case, accents and the punctuation between them do not matter; a comma means or."
)


class QueryText(forms.CharField):
    def clean(self, value: Any) -> Any:
        if value and len(value) > LONGEST_SEARCH:
            raise ValidationError(
                f"must have at most {LONGEST_SEARCH} characters", code="invalid_parameter"
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


class SearchFilter(django_filters.CharFilter):
    """Finds words in any order, as rooms/rules/searching.py reads them."""

    field_class = QueryText


class RoomFilter(StrictFilterSet):
    include_active_session = YesNoFilter(
        method="with_session",
        help_text="Include active_session; without it, active_session is null.",
    )
    include_auto_created = YesNoFilter(
        method="shown_anyway",
        help_text="Include the rooms that a room token made and that were not edited since.",
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
        help_text="Whether the join window is scheduled, open or closed now. Full rooms are open "
        "and admit no one until a member leaves.",
    )
    live = YesNoFilter(
        method="is_live", help_text="Rooms with a session in progress, or without one."
    )
    name = SearchFilter(method="found_by_name", help_text=f"Words of the name. {WORDS}")
    display_name = SearchFilter(
        method="found_by_display_name", help_text=f"Words of the display name. {WORDS}"
    )
    search = SearchFilter(
        method="found", help_text=f"Words of the name or the display name. {WORDS}"
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

    def narrowed(self) -> QuerySet[Room]:
        """Return the filtered rooms, by default without those that room tokens made."""
        rooms = super().narrowed()
        asked = self.filters and self.form.cleaned_data.get("include_auto_created")
        return rooms if asked else rooms.listed()

    def shown_anyway(self, rooms: QuerySet[Room], _: str, included: bool) -> QuerySet[Room]:
        # narrowed() hides these rooms, also without this parameter.
        return rooms

    def with_session(self, rooms: QuerySet[Room], _: str, included: bool) -> QuerySet[Room]:
        return rooms.with_active_session() if included else rooms

    def in_status(self, rooms: QuerySet[Room], _: str, status: str) -> QuerySet[Room]:
        return rooms.in_status(RoomStatus(status), timezone.now())

    def is_live(self, rooms: QuerySet[Room], _: str, live: bool) -> QuerySet[Room]:
        return rooms.live(live)

    def found(self, rooms: RoomQuerySet, _: str, text: str) -> RoomQuerySet:
        return rooms.found(text)

    def found_by_name(self, rooms: RoomQuerySet, _: str, text: str) -> RoomQuerySet:
        return rooms.found(text, NAME)

    def found_by_display_name(self, rooms: RoomQuerySet, _: str, text: str) -> RoomQuerySet:
        return rooms.found(text, DISPLAY_NAME)

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
