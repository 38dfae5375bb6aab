"""Queries for rooms: with their sessions, by status, in batches."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from access.values.timestamps import EARLIEST, LATEST
from rooms.models.meeting import IsAmong, Meets
from rooms.models.searchable import BOTH_NAMES, Matches, SearchedText
from rooms.rules.join_policy import SCHEDULE


class RoomStatus(models.TextChoices):
    """Whether a room's join window is in the future, open or over.

    A full room is open, too, so OPEN finds it as well.
    """

    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    FULL = "full", _("Full")
    CLOSED = "closed", _("Closed")


def nulls_last(name: str, *, downwards: bool = False) -> Coalesce:
    """Return the time `name`, or in place of null a time that sorts last.

    Room.Meta.indexes has these expressions, so filters and orders that use them are indexed.
    """
    return Coalesce(F(name), Value(EARLIEST if downwards else LATEST))


# Whether a webhook receives the changes of a room. Read with the room, so that a project without
# webhooks needs no other statement. The ORM takes 0.9 ms to build the same Exists().
IS_LISTENED_TO = RawSQL(
    "EXISTS(SELECT 1 FROM access_webhookendpoint listener"
    " WHERE listener.project_id = rooms_room.project_id AND listener.disabled_at IS NULL)",
    (),
    models.BooleanField(),
)


def in_window(status: RoomStatus, now: datetime) -> Q:
    """Return the condition for rooms, or sessions, whose join window has this status at `now`."""
    # A missing start counts as the earliest time, a missing end as the latest.
    begins, ends = nulls_last("join_from", downwards=True), nulls_last("join_until")
    if status is RoomStatus.SCHEDULED:
        # The condition is repeated for the index that sorts the list.
        return Q(GreaterThan(begins, now)) & Q(GreaterThan(nulls_last("join_from"), now))
    if status is RoomStatus.CLOSED:
        return Q(LessThanOrEqual(ends, now)) | Q(remove_at__lte=now)
    is_not_over = Q(GreaterThan(ends, now)) & (Q(remove_at=None) | Q(remove_at__gt=now))
    return Q(LessThanOrEqual(begins, now)) & is_not_over


def window_status(schedule: Any, now: datetime) -> RoomStatus:
    """Return the status of a join window at `now`; in_window() is the same in SQL."""
    ends = (schedule.join_until, schedule.remove_at)
    if any(end is not None and end <= now for end in ends):
        return RoomStatus.CLOSED
    if schedule.join_from is not None and schedule.join_from > now:
        return RoomStatus.SCHEDULED
    return RoomStatus.OPEN


class LastEventAt(Func):
    """The time of the last event of a session, by its id; null without events."""

    template = (
        "(SELECT event.at FROM room_sessions_sessionevent event"
        " WHERE event.session_id = %(expressions)s ORDER BY event.id DESC LIMIT 1)"
    )
    output_field = models.DateTimeField(null=True)


class RoomQuerySet(models.QuerySet[Any]):
    def get_by_id(self, room_id: UUID | str) -> Any:
        """Return the room of this id as in_full() reads it. Raises Room.DoesNotExist."""
        return self.in_full().get(pk=room_id)

    def found(self, search: str, *texts: SearchedText) -> Self:
        """Return the rooms that a search finds, or that it finds by `texts`, with its index."""
        return self.filter(Matches(search, BOTH_NAMES, *texts))

    def listed(self) -> Self:
        """Return the rooms that lists show by default: without those that room tokens made."""
        return self.filter(auto_created=False)

    def locked(self) -> Self:
        """Return the same rooms, as in_full() reads them, locked until the transaction ends."""
        return self.in_full().select_for_update(of=("self",))

    def with_active_session(self) -> Self:
        """Read each room with `active_session`, its session in progress or None."""
        return self.annotate(
            active_session=FilteredRelation("sessions", condition=Q(sessions__end_time=None)),
            last_event_at=LastEventAt("active_session__id"),
        ).select_related("active_session")

    @property
    def has_sessions(self) -> bool:
        """Whether the rooms are read by with_active_session()."""
        return bool(self.query.select_related)

    def in_full(self) -> Self:
        """Read what a change needs: each room with its session and `is_listened_to`."""
        return self.with_active_session().with_listening()

    def with_last_end(self) -> Self:
        """Read each room with `last_end`, the end of its last session; None while it runs."""
        sessions = self.model.sessions.rel.related_model.objects.filter(room=models.OuterRef("pk"))
        last = sessions.order_by("-id").values("end_time")[:1]
        return self.annotate(last_end=models.Subquery(last))

    def with_listening(self) -> Self:
        """Read each room with `is_listened_to`: whether a webhook receives its changes."""
        return self.annotate(is_listened_to=IS_LISTENED_TO)

    def in_batches(self, *columns: str, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield every room's id and `columns`, oldest first, in lists of `at_once` rooms."""
        rooms = self.order_by("pk").values_list("pk", *columns)
        batch = list(rooms[:at_once])
        while batch:
            yield batch
            if len(batch) < at_once:
                return
            batch = list(rooms.filter(pk__gt=batch[-1][0])[:at_once])

    def live(self, live: bool = True) -> Self:
        """Return the rooms with a session in progress, or those without."""
        running = self.model.sessions.rel.related_model.objects.filter(
            room=models.OuterRef("pk"), end_time=None
        )
        return self.filter(models.Exists(running) if live else ~models.Exists(running))

    def during(self, start: datetime, end: datetime, now: datetime) -> Self:
        """Return the rooms whose schedule or sessions meet the period from `start` to `end`."""
        scheduled = self.model.objects.filter(Meets(*SCHEDULE, start=start, end=end))
        sessions = self.model.sessions.rel.related_model.objects
        parts = (part.order_by().values("room") for part in sessions.during(start, end, now))
        # A union of indexed look-ups: with OR, the database would read every room.
        return self.filter(IsAmong("pk", scheduled.order_by().values("pk").union(*parts)))

    def in_status(self, status: RoomStatus, now: datetime) -> Self:
        """Return the rooms that have this status at the time `now`."""
        if status is not RoomStatus.FULL:
            return self.filter(in_window(status, now))
        # IN with the live sessions, which are few: EXISTS would be looked up for every room.
        sessions = self.model.sessions.rel.related_model.objects
        return self.filter(pk__in=sessions.full(now).order_by().values("room"))
