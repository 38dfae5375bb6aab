"""A room, what is asked of rooms, and what more a room keeps than a session copies from it."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.database.prepared_queries import JoinedQuery, PreparedQuery
from access.database.routing import read_alias
from access.models import ApiToken, Project, by_prefix
from access.values.identifiers import UUID7Field
from access.values.timestamps import EARLIEST, LATEST
from rooms.models.settings import Quality, RoomSettings
from rooms.rules.constraints import Document, InRange, Slug
from rooms.rules.fields import JsonTextField, StrictTextField


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


class RoomQuerySet(models.QuerySet["Room"]):
    # Of all rooms of one project: that project. What narrows or orders them loses it.
    whole_project: UUID | None = None
    # One of them that was read already, with the token of who asks for it: found once.
    at_hand: "Room | None" = None

    def of_project(self, project_id: UUID) -> Self:
        """All rooms of a project; finding one of them costs the database's time only."""
        rooms = self._chain()
        # As Django's related managers do: written into the query only where one is made of it.
        rooms._deferred_filter = (False, (), {"project": project_id})
        rooms.whole_project = project_id
        return rooms

    def found(self, room_id: UUID | str, *, with_last_end: bool = False) -> "Room":
        """Return the room of this id with its session in progress, and whether it is listened to.

        `with_last_end` adds when its last session ended, if that is not in progress.
        Raises Room.DoesNotExist.
        """
        room = self._at_hand(room_id) or self._one("id", room_id, with_last_end)
        if room is None:
            raise self.model.DoesNotExist
        return room

    def named(self, name: str, *, with_last_end: bool = False) -> "Room | None":
        """Return the room of this name, as `found` does, or None."""
        return self._one("name", name, with_last_end)

    def _at_hand(self, room_id: UUID | str) -> "Room | None":
        room, self.at_hand = self.at_hand, None
        return room if room and str(room.pk) == str(room_id) else None

    def _one(self, field: str, value: Any, with_last_end: bool) -> "Room | None":
        if self.whole_project:
            one = room_by(field, with_last_end=with_last_end)
            return one.first(self.whole_project, value, using=read_alias())
        rooms = self.filter(**{field: value}).in_full()
        return (rooms.with_last_end() if with_last_end else rooms).first()

    def with_active_session(self) -> Self:
        """Each room with `active_session`, its session in progress or None, in the same query."""
        return self.annotate(
            active_session=FilteredRelation("sessions", condition=Q(sessions__end_time=None))
        ).select_related("active_session")

    @property
    def has_sessions(self) -> bool:
        """Whether these are read by with_active_session()."""
        return bool(self._query.select_related)

    def in_full(self) -> Self:
        """Each room as it is changed: with its session, and whether it is listened to."""
        return self.with_active_session().with_listening()

    def locked(self) -> Self:
        """Lock the rows of the rooms until the end of the transaction."""
        return self.in_full().select_for_update(of=("self",))

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


class Room(RoomSettings):
    """A lasting place where sessions happen. Only rooms/changes/engine.py writes one."""

    id = UUID7Field()
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="rooms",
        editable=False,
    )
    name = StrictTextField(
        _("name"),
        help_text=_("How programs call the room; unique in its project, fixed once created."),
    )
    meta = JsonTextField(
        _("meta"), default=dict, help_text=_("Anything that your programs keep with the room.")
    )
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RoomQuerySet.as_manager()

    # The session in progress, where the row was read by with_active_session().
    active_session = None
    # Whether webhooks are told of it, where the row was read by with_listening().
    is_listened_to = True

    class Meta(RoomSettings.Meta):
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("-id",)
        constraints = (
            *RoomSettings.Meta.constraints,
            Slug("name", longest=100),
            Document("meta", longest=2000),
            models.UniqueConstraint(fields=("project", "name"), name="room_name_in_project"),
            InRange("version", 1, 2**31 - 1),
        )
        indexes = (
            models.Index(fields=("project", "id"), name="room_newest_in_project"),
            # What the list of all projects is sorted by; in one project, these serve too. None on
            # updated_at, which every change moves, nor on max_members: a change that touches no
            # index stays within its page and costs PostgreSQL less than half (ADR 15).
            models.Index(fields=("display_name", "id"), name="room_by_display_name"),
            models.Index(nulls_last("join_from"), "id", name="room_opens_up"),
            models.Index(nulls_last("join_from", downwards=True), "id", name="room_opens_down"),
            models.Index(nulls_last("join_until"), "id", name="room_closes_up"),
            models.Index(nulls_last("join_until", downwards=True), "id", name="room_closes_down"),
            models.Index(nulls_last("remove_at"), "id", name="room_removes_up"),
            models.Index(nulls_last("remove_at", downwards=True), "id", name="room_removes_down"),
            # What it is narrowed to, where that may be rare.
            models.Index(fields=("layout", "id"), name="room_by_layout"),
            models.Index(fields=("id",), condition=Q(quality=Quality.FULL_HD), name="room_full_hd"),
            models.Index(fields=("id",), condition=Q(record_on_start=True), name="room_records"),
            models.Index(
                fields=("id",), condition=Q(enable_room_previews=True), name="room_previews"
            ),
            # What looks wrong to the operator (sessions/pages/overview.py).
            models.Index(
                fields=("id",),
                condition=Q(remove_at__lt=F("join_until")),
                name="room_removes_early",
            ),
        )
        # Many at once is more than one at a time: given by itself.
        permissions = (("bulk_change_room", "Can change many rooms at once"),)

    def __str__(self) -> str:
        return self.display_name

    def clean_fields(self, exclude=None) -> None:
        self.put_defaults()
        super().clean_fields(exclude)

    def put_defaults(self) -> None:
        """Fill in what null stands for, where it stands for something."""
        for name, default in (("display_name", self.name), ("meta", {})):
            if getattr(self, name) is None:
                setattr(self, name, default)

    def status(self, now: datetime) -> RoomStatus:
        """Return where `now` lies in the join window; `in_status` asks the same of the database."""
        ends = [end for end in (self.join_until, self.remove_at) if end is not None]
        if ends and min(ends) <= now:
            return RoomStatus.CLOSED
        if self.join_from is not None and self.join_from > now:
            return RoomStatus.SCHEDULED
        return RoomStatus.OPEN


@cache
def room_by(field: str, *, with_last_end: bool = False) -> PreparedQuery[Room]:
    """Return the query for a project's room of this id or name, as RoomQuerySet.found tells it."""
    columns = [Room._meta.get_field(name) for name in ("project", field)]

    def of(project: UUID, value: Any) -> RoomQuerySet:
        rooms = Room.objects.filter(project=project, **{field: value}).in_full().order_by()
        return rooms.with_last_end() if with_last_end else rooms

    return PreparedQuery(of, *columns)


@cache
def token_and_room(*, with_last_end: bool = False) -> JoinedQuery[ApiToken, Room]:
    """Return the query for the token of a prefix, and of its project the room of an id."""
    return JoinedQuery(by_prefix(), "project_id", room_by("id", with_last_end=with_last_end))
