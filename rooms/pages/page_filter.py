"""The filters of the room list: those of the API, projects, and days in the user's time zone."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils import timezone

from access.api.filters import ProjectIdFilter, QueryTimestamp
from access.staff.time_fields import CalendarDayField
from access.values.faults import fault
from rooms.filters import RoomFilter, TimestampFilter
from rooms.models import Room, nulls_last

# The values of `opens`; "days" shows the fields for other days, and leaves out no room.
TODAY, TOMORROW, WEEK, OTHER_DAYS = "today", "tomorrow", "week", "days"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class QueryDayOrTime(QueryTimestamp):
    """Reads a timestamp, or a day in the user's time zone: its start or, if `to_end`, its end."""

    def __init__(self, *, to_end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.later = int(to_end)

    def clean(self, value: Any) -> Any:
        try:
            if DAY.fullmatch(value or ""):
                return midnight(CalendarDayField().clean(value), self.later)
            return super().clean(value)
        except ValidationError:
            words = "must be a day such as 2025-06-13, or a timestamp such as 2025-06-13T20:34:03Z"
            raise ValidationError(words, code="not_a_datetime") from None


class DayOrTimeFilter(TimestampFilter):
    field_class = QueryDayOrTime


class PageFilter(RoomFilter):
    """The filters of the staff's pages."""

    project = ProjectIdFilter("project_id")
    starts_after = DayOrTimeFilter("join_from", "gte")
    ends_before = DayOrTimeFilter("join_until", "lte", to_end=True)
    opens = django_filters.ChoiceFilter(
        method="opening", choices=[(one, one) for one in (TODAY, TOMORROW, WEEK, OTHER_DAYS)]
    )

    def opening(self, rooms: QuerySet[Room], _: str, period: str) -> QuerySet[Room]:
        """Filter by the day on which a room opens, as seen from today."""
        if period == OTHER_DAYS:
            return rooms
        today = timezone.localdate()
        first = {TODAY: 0, TOMORROW: 1, WEEK: -today.weekday()}[period]
        start, end = midnight(today, first), midnight(today, first + (7 if period == WEEK else 1))
        # The condition as the index has it (Room.Meta.indexes); a room without a time is last.
        opens = nulls_last("join_from", downwards=False)
        rooms = rooms.filter(join_from__isnull=False)
        return rooms.filter(GreaterThanOrEqual(opens, start), LessThan(opens, end))

    def narrowed(self) -> QuerySet[Room]:
        rooms = super().narrowed()
        asked = self.form.cleaned_data if self.filters else {}
        start, end = asked.get("starts_after"), asked.get("ends_before")
        if start and end and end <= start:
            words = "must be after starts_after"
            wrong = fault("ends_before", "invalid_parameter", words, self.data["ends_before"])
            raise ValidationError({"ends_before": wrong})
        return rooms


def midnight(day: Any, later: int) -> datetime:
    """Return the start of the day that is `later` days after `day`, in the user's time zone."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=zone)
