"""Queries for rooms: with their sessions, by status, in batches."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from access.values.timestamps import EARLIEST, LATEST


class RoomStatus(models.TextChoices):
    """Where a moment lies in a room's join window."""

    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


def nulls_last(name: str, *, downwards: bool = False) -> Coalesce:
    """Return the moment `name`, or where there is none one that comes after all when sorted so.

    Room.Meta.indexes holds these: a filter or an order that says it so is served by an index.
    """
    return Coalesce(F(name), Value(EARLIEST if downwards else LATEST))


# Whether webhooks are told of a room, asked together with the room: where none are, a change costs
# no statement more. By hand, because the ORM takes 0.9 ms to write the same Exists().
IS_LISTENED_TO = RawSQL(
    "EXISTS(SELECT 1 FROM access_webhookendpoint listener"
    " WHERE listener.project_id = rooms_room.project_id AND listener.disabled_at IS NULL)",
    (),
    models.BooleanField(),
)


class RoomQuerySet(models.QuerySet[Any]):
    def get_by_id(self, room_id: UUID | str) -> Any:
        """Return the room of this id as in_full() reads it. Raises Room.DoesNotExist."""
        return self.in_full().get(pk=room_id)

    def locked(self) -> Self:
        """Return the same rooms, as in_full() reads them, locked until the transaction ends."""
        return self.in_full().select_for_update(of=("self",))

    def with_active_session(self) -> Self:
        """Each room with `active_session`, its session in progress or None, in the same query."""
        return self.annotate(
            active_session=FilteredRelation("sessions", condition=Q(sessions__end_time=None))
        ).select_related("active_session")

    @property
    def has_sessions(self) -> bool:
        """Whether these are read by with_active_session()."""
        return bool(self.query.select_related)

    def in_full(self) -> Self:
        """Each room as it is changed: with its session, and whether it is listened to."""
        return self.with_active_session().with_listening()

    def with_last_end(self) -> Self:
        """Each room with `last_end`: when its last session ended; None if none has, or it runs."""
        sessions = self.model.sessions.rel.related_model.objects.filter(room=models.OuterRef("pk"))
        last = sessions.order_by("-id").values("end_time")[:1]
        return self.annotate(last_end=models.Subquery(last))

    def with_listening(self) -> Self:
        """Each room with `is_listened_to`: whether webhooks are told of its changes."""
        return self.annotate(is_listened_to=IS_LISTENED_TO)

    def in_batches(self, *columns: str, at_once: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield every room's id and `columns`, oldest first, so many rooms at a time.

        Memory stays as it is, however many there are.
        """
        rooms = self.order_by("pk").values_list("pk", *columns)
        batch = list(rooms[:at_once])
        while batch:
            yield batch
            if len(batch) < at_once:
                return
            batch = list(rooms.filter(pk__gt=batch[-1][0])[:at_once])

    def live(self, live: bool = True) -> Self:
        """Rooms with a session in progress, or those without."""
        running = self.model.sessions.rel.related_model.objects.filter(
            room=models.OuterRef("pk"), end_time=None
        )
        return self.filter(models.Exists(running) if live else ~models.Exists(running))

    def running_sessions(self, room_ids: list[UUID], *columns: str) -> dict[UUID, Any]:
        """Return the running session of each room that has one, with the number `inside`."""
        if not room_ids:
            return {}
        sessions = self.model.sessions.rel.related_model.objects
        running = sessions.filter(room__in=room_ids, end_time=None).with_inside()
        return {one.room_id: one for one in running.only("room_id", *columns).order_by()}

    def in_status(self, status: RoomStatus, now: datetime) -> Self:
        """Rooms whose join window stands so at the moment `now`."""
        # No beginning lies before all moments, and no end after them.
        begins, ends = nulls_last("join_from", downwards=True), nulls_last("join_until")
        closed = Q(LessThanOrEqual(ends, now)) | Q(remove_at__lte=now)
        return self.filter(
            {
                # Twice the same, so that the index serves that a list is sorted by.
                RoomStatus.SCHEDULED: Q(GreaterThan(begins, now))
                & Q(GreaterThan(nulls_last("join_from"), now)),
                RoomStatus.CLOSED: closed,
                RoomStatus.OPEN: Q(LessThanOrEqual(begins, now))
                & Q(GreaterThan(ends, now))
                & (Q(remove_at=None) | Q(remove_at__gt=now)),
            }[status]
        )
