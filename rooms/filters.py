"""What a list of rooms can be narrowed to and sorted by: the API's and the pages' alike."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from access.api.filters import ProjectListFilter, QueryTimestamp, StrictFilterSet, YesNoFilter
from rooms.models import Layout, Quality, Room, RoomStatus, nulls_last
from rooms.rules.constraints import rule_of
from rooms.rules.join_policy import SCHEDULE

# No name is longer, and SQLite gives up on texts of 50,000.
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

    def filter(self, rooms: QuerySet[Room], moment: Any) -> QuerySet[Room]:
        if moment is None:
            return rooms
        late = self.lookup_expr == "gte"
        compared = GreaterThanOrEqual if late else LessThanOrEqual
        # Twice the same: an index holds the moment so (Room.Meta.indexes).
        indexed = compared(nulls_last(self.field_name, downwards=late), moment)
        return super().filter(rooms, moment).filter(indexed)


class TextFilter(django_filters.CharFilter):
    field_class = QueryText


class RoomFilter(StrictFilterSet):
    include_active_session = YesNoFilter(
        method="with_session", help_text="Draw active_session too; without it, it is null."
    )
    starts_after = TimestampFilter(
        "join_from", "gte", help_text="Rooms whose join_from is at this moment or after."
    )
    ends_before = TimestampFilter(
        "join_until", "lte", help_text="Rooms whose join_until is at this moment or before."
    )
    quality = django_filters.ChoiceFilter(choices=Quality.choices)
    layout = django_filters.ChoiceFilter(choices=Layout.choices)
    record_on_start = YesNoFilter()
    enable_room_previews = YesNoFilter()
    status = django_filters.ChoiceFilter(
        choices=RoomStatus.choices,
        method="in_status",
        help_text="Where this moment lies in the join window.",
    )
    live = YesNoFilter(method="is_live", help_text="Whether a session is in progress.")
    name = django_filters.CharFilter(lookup_expr="icontains", help_text="A part of the name.")
    display_name = django_filters.CharFilter(
        lookup_expr="icontains", help_text="A part of the display name."
    )
    search = django_filters.CharFilter(
        method="found", help_text="A part of the name or of the display name."
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
        help_text="What to sort by, - for downwards; rooms without that moment come after all.",
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
            # Ids sort by the moment they were made.
            return rooms.order_by(ordering.replace("created_at", "id"))
        if name in SCHEDULE:
            # Keyset pages need an order without nulls: a room without the moment comes last.
            moment = nulls_last(name, downwards=ordering.startswith("-"))
            rooms = rooms.annotate(**{f"{name}_or_last": moment})
            return rooms.order_by(f"{ordering}_or_last")
        return rooms.order_by(ordering)


class PageFilter(RoomFilter):
    """The same on the staff's pages: who uses these sees more than one project."""

    project = ProjectListFilter("project_id")
    # The API bounds its whole query instead (access/http/framing.py).
    name = TextFilter(lookup_expr="icontains")
    display_name = TextFilter(lookup_expr="icontains")
    search = TextFilter(method="found")
