"""The filters of sessions, also as log entries."""

from datetime import UTC, datetime, timedelta

import django_filters
from django.db.models import QuerySet

from access.api.filters import QueryTimestamp, StrictFilterSet
from rooms.filters import WORDS, SearchFilter
from rooms.models.searchable import NAME, Matches
from sessions.media.people import members_named, with_people
from sessions.models import Recording, RecordingState, RoomSession, SessionStatus


class TimeFilter(django_filters.Filter):
    field_class = QueryTimestamp


class LogFilter(StrictFilterSet):
    """When a session was created: the time of its start. A date means midnight UTC."""

    created_before = TimeFilter("start_time", "lt", help_text="Sessions created before this time.")
    created_on = TimeFilter(
        method="on_day", help_text="Sessions created on the day (UTC) of this time or date."
    )
    created_after = TimeFilter(
        "start_time", "gte", help_text="Sessions created at this time or later."
    )

    class Meta:
        model = RoomSession
        fields = ()

    def on_day(
        self, sessions: QuerySet[RoomSession], _: str, moment: datetime
    ) -> QuerySet[RoomSession]:
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return sessions.filter(start_time__gte=day, start_time__lt=day + timedelta(days=1))


class RoomSessionFilter(LogFilter):
    room_id = django_filters.UUIDFilter("room", help_text="Sessions of this room.")
    room_name = django_filters.CharFilter("name", help_text="Sessions of rooms with this name.")
    room_name_matches = SearchFilter(
        method="found_by_name", help_text=f"Words of the room's name. {WORDS}"
    )
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices)

    class Meta:
        model = RoomSession
        fields = ()

    def found_by_name(
        self, sessions: QuerySet[RoomSession], _: str, text: str
    ) -> QuerySet[RoomSession]:
        return sessions.filter(Matches(text, NAME))


class RecordingFilter(StrictFilterSet):
    state = django_filters.ChoiceFilter(
        choices=RecordingState.choices,
        help_text="Recordings in this state; by default all except deleted ones.",
    )

    person = SearchFilter(
        method="with_person",
        help_text=f"Recordings that a person is in: words of the name. {WORDS}",
    )

    class Meta:
        model = Recording
        fields = ()

    def with_person(
        self, recordings: QuerySet[Recording], _: str, text: str
    ) -> QuerySet[Recording]:
        return with_people(recordings, members_named(recordings, text))

    def narrowed(self) -> QuerySet[Recording]:
        found = super().narrowed()
        return found if self.data.get("state") else found.kept()
