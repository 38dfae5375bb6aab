"""A room, its settings, and every rule that they keep: each limit is written here, once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, FilteredRelation, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.identifiers import Id
from access.models import Project
from rooms.fields import Choice, JsonObject, Moment, WholeNumber, Words, YesNo
from rooms.history import RoomChange
from rooms.idempotency import IdempotentCall
from rooms.jobs import Job, JobRow
from rooms.rules import Between, Document, InRange, Line, OneOf, Ordered, Slug, Text
from rooms.saved_views import SavedView
from rooms.timestamps import EARLIEST, LATEST

__all__ = [
    "IdempotentCall",
    "Job",
    "JobRow",
    "Layout",
    "Quality",
    "Room",
    "RoomChange",
    "RoomSettings",
    "RoomStatus",
    "SavedView",
]


class Quality(models.TextChoices):
    HD = "720p", "720p"
    FULL_HD = "1080p", "1080p"


class Layout(models.TextChoices):
    GRID = "grid-responsive", _("Grid")
    GRID_MOBILE = "grid-responsive-mobile", _("Grid for phones")
    HIGHLIGHT = "highlight-1-responsive", _("One large, the others beside")
    ONE = "1x1", "1 × 1"
    TWO_BESIDE = "2x1", "2 × 1"
    TWO_BY_TWO = "2x2", "2 × 2"
    FIVE_UP = "5up", _("5 up")
    THREE_BY_THREE = "3x3", "3 × 3"
    FOUR_BY_FOUR = "4x4", "4 × 4"
    FIVE_BY_FIVE = "5x5", "5 × 5"
    SIX_BY_SIX = "6x6", "6 × 6"
    EIGHT_BY_EIGHT = "8x8", "8 × 8"
    TEN_BY_TEN = "10x10", "10 × 10"


class FramesPerSecond(models.IntegerChoices):
    TWENTY = 20
    THIRTY = 30


class RoomStatus(models.TextChoices):
    """Where a moment lies in a room's join window."""

    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


def or_last(name: str, *, downwards: bool = False) -> Coalesce:
    """Return the moment `name`, or where there is none one that comes after all when sorted so.

    Room.Meta.indexes holds these: a filter or an order that says it so is served by an index.
    """
    return Coalesce(F(name), Value(EARLIEST if downwards else LATEST))


class RoomSettings(models.Model):
    """What staff set on a room, and what a session copies from it when it starts."""

    display_name = Words(
        _("display name"),
        help_text=_("What people see. When left out, the name."),
    )
    description = Words(
        _("description"), null=True, help_text=_("For the staff; newlines are kept.")
    )
    max_members = WholeNumber(
        _("max members"), default=20, help_text=_("People in the room at one time.")
    )
    quality = Choice(
        _("quality"), choices=Quality, default=Quality.HD, help_text=_("Resolution of the picture.")
    )
    fps = WholeNumber(
        _("fps"),
        choices=FramesPerSecond,
        default=FramesPerSecond.TWENTY,
        editable=False,
        help_text=_("Frames per second of the picture."),
    )
    join_from = Moment(
        _("join from"), null=True, help_text=_("Nobody is let in before this moment.")
    )
    join_until = Moment(
        _("join until"),
        null=True,
        help_text=_("Nobody new is let in from this moment on; the room runs on."),
    )
    remove_at = Moment(
        _("remove at"), null=True, help_text=_("Everybody is removed at this moment.")
    )
    remove_after_seconds_elapsed = WholeNumber(
        _("remove after seconds elapsed"),
        null=True,
        help_text=_("Each member is removed this many seconds after joining."),
    )
    layout = Choice(
        _("layout"),
        choices=Layout,
        default=Layout.GRID,
        help_text=_("Arrangement of the members' pictures."),
    )
    record_on_start = YesNo(
        _("record on start"), default=False, help_text=_("Recording starts with the session.")
    )
    enable_room_previews = YesNo(
        _("enable room previews"),
        default=False,
        help_text=_("A small moving picture of the room is offered while it is live."),
    )
    audio_video_sync = YesNo(
        _("audio video sync"),
        default=False,
        help_text=_("Sound and picture are kept in step, at the cost of some delay."),
    )

    class Meta:
        abstract = True
        constraints = (
            Line("display_name", longest=200),
            Text("description", longest=3000),
            InRange("max_members", 1, 300),
            OneOf("quality", Quality),
            OneOf("fps", FramesPerSecond),
            Between("join_from", EARLIEST, LATEST),
            Between("join_until", EARLIEST, LATEST),
            Between("remove_at", EARLIEST, LATEST),
            InRange("remove_after_seconds_elapsed", 1, 2**31 - 1),
            OneOf("layout", Layout),
            # SQLite keeps a boolean as a number, and would keep 2.
            OneOf("record_on_start", (True, False)),
            OneOf("enable_room_previews", (True, False)),
            OneOf("audio_video_sync", (True, False)),
            Ordered("join_from", "join_until", code="invalid_join_until_date"),
            Ordered("join_from", "remove_at"),
        )


# Whether webhooks are told of a room, asked together with the room: where none are, a change costs
# no statement more. By hand, because the ORM takes 0.9 ms to write the same Exists().
IS_LISTENED_TO = RawSQL(
    "EXISTS(SELECT 1 FROM access_webhookendpoint listener"
    " WHERE listener.project_id = rooms_room.project_id AND listener.disabled_at IS NULL)",
    (),
    models.BooleanField(),
)


class RoomQuerySet(models.QuerySet["Room"]):
    def with_active_session(self) -> Self:
        """Each room with `active_session`, its session in progress or None, in the same query."""
        return self.annotate(
            active_session=FilteredRelation("sessions", condition=Q(sessions__end_time=None))
        ).select_related("active_session")

    def with_listening(self) -> Self:
        """Each room with `is_listened_to`: whether webhooks are told of its changes."""
        return self.annotate(is_listened_to=IS_LISTENED_TO)

    def one_by_one(self, at_once: int = 1000) -> Iterator["Room"]:
        """Yield every room, oldest first, reading so many at once: memory stays as it is."""
        rooms = self.order_by("pk")
        page = list(rooms[:at_once])
        while page:
            yield from page
            page = list(rooms.filter(pk__gt=page[-1].pk)[:at_once])

    def live(self, live: bool = True) -> Self:
        """Rooms with a session in progress, or those without."""
        running = self.model.sessions.rel.related_model.objects.filter(
            room=models.OuterRef("pk"), end_time=None
        )
        return self.filter(models.Exists(running) if live else ~models.Exists(running))

    def in_status(self, status: RoomStatus, now: datetime) -> Self:
        """Rooms whose join window stands so at the moment `now`."""
        # No beginning lies before all moments, and no end after them.
        begins, ends = or_last("join_from", downwards=True), or_last("join_until")
        closed = Q(LessThanOrEqual(ends, now)) | Q(remove_at__lte=now)
        return self.filter(
            {
                # Twice the same, so that the index serves that a list is sorted by.
                RoomStatus.SCHEDULED: Q(GreaterThan(begins, now))
                & Q(GreaterThan(or_last("join_from"), now)),
                RoomStatus.CLOSED: closed,
                RoomStatus.OPEN: Q(LessThanOrEqual(begins, now))
                & Q(GreaterThan(ends, now))
                & (Q(remove_at=None) | Q(remove_at__gt=now)),
            }[status]
        )


class Room(RoomSettings):
    """A lasting place where sessions happen. Only rooms/changes.py writes one."""

    id = Id()
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="rooms",
        editable=False,
    )
    name = Words(
        _("name"),
        help_text=_("How programs call the room; unique in its project, fixed once created."),
    )
    meta = JsonObject(
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
            # What the list of all projects is sorted by; in one project, these serve too.
            models.Index(fields=("display_name", "id"), name="room_by_display_name"),
            models.Index(fields=("max_members", "id"), name="room_by_max_members"),
            models.Index(fields=("updated_at", "id"), name="room_by_updated_at"),
            models.Index(or_last("join_from"), "id", name="room_opens_up"),
            models.Index(or_last("join_from", downwards=True), "id", name="room_opens_down"),
            models.Index(or_last("join_until"), "id", name="room_closes_up"),
            models.Index(or_last("join_until", downwards=True), "id", name="room_closes_down"),
            models.Index(or_last("remove_at"), "id", name="room_removes_up"),
            # What it is narrowed to, where that may be rare.
            models.Index(fields=("layout", "id"), name="room_by_layout"),
            models.Index(fields=("id",), condition=Q(quality=Quality.FULL_HD), name="room_full_hd"),
            models.Index(fields=("id",), condition=Q(record_on_start=True), name="room_records"),
            models.Index(
                fields=("id",), condition=Q(enable_room_previews=True), name="room_previews"
            ),
            # What looks wrong to the operator (sessions/foresight.py).
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
