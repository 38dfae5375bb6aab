"""A session: one meeting of people in a room.

Only sessions/lifecycle/ writes sessions, except for `preview_at`, which mixers write.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Project
from access.staff.times import time_text
from access.values.identifiers import UUID7Field
from rooms.models import Room, RoomSettings, RoomStatus
from rooms.models.meeting import Meets
from rooms.models.room_queryset import LastEventAt, in_window
from rooms.models.searchable import Searchable
from rooms.rules.constraints import OneOf, Slug
from rooms.rules.fields import StrictTextField
from sessions.models.preview_links import PREVIEW, preview_path


class SessionStatus(models.TextChoices):
    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETED = "completed", _("Completed")


class RoomSessionQuerySet(models.QuerySet["RoomSession"]):
    def with_last_event(self) -> Self:
        """Read each session with `last_event_at`, which `updated_at` needs."""
        # An ended session needs no look-up: its last event is its end.
        live = Case(When(end_time=None, then=F("id")))
        return self.annotate(last_event_at=LastEventAt(live))

    def with_inside(self, at: datetime | None = None) -> Self:
        """Add `inside`: the number of members inside, or of those that stay after `at`."""
        members = self.model.members.rel.related_model.objects
        staying = Q(leave_by=None) | Q(leave_by__gt=at) if at else Q()
        inside = (
            members.filter(staying, session=OuterRef("pk"), leave_time=None)
            .order_by()
            .values("session")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return self.annotate(inside=Coalesce(Subquery(inside), 0))

    def running(self, at: datetime, *columns: str) -> Self:
        """Read these columns of the sessions in progress, and the number `inside` after `at`.

        The columns of `preview_url` are read, too.
        """
        found = self.filter(end_time=None).with_inside(at)
        return found.only("room_id", *PREVIEW, *columns).order_by()

    def during(self, start: datetime, end: datetime, now: datetime) -> tuple[Self, ...]:
        """Return the ended sessions that meet a period, and the live ones if it has begun."""
        ended = self.filter(Meets("start_time", "end_time", start=start, end=end))
        ended = ended.filter(end_time__isnull=False)
        if now < start:
            return (ended,)
        return ended, self.filter(end_time=None, start_time__lt=end)

    def full(self, now: datetime) -> Self:
        """Return the live sessions that are open at the time `now` and have no space left."""
        live = self.filter(in_window(RoomStatus.OPEN, now), end_time=None)
        return live.with_inside(now).filter(inside__gte=F("max_members"))


class RoomSession(RoomSettings, Searchable):
    """A session has a copy of the room's settings, so that an edit does not affect its members."""

    id = UUID7Field()
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="sessions"
    )
    # Null after the room was deleted; the session stays.
    room = models.ForeignKey(
        Room,
        verbose_name=_("room"),
        null=True,
        blank=True,
        # rooms/changes/engine.py sets this null, and former_room_id, in one statement.
        on_delete=models.DO_NOTHING,
        related_name="sessions",
    )
    former_room_id = models.UUIDField(
        null=True, editable=False, help_text="ID of the deleted room; null while the room exists."
    )
    name = StrictTextField(_("name"), help_text=_("The room's name when the session started."))
    status = models.TextField(_("status"), choices=SessionStatus, default=SessionStatus.IN_PROGRESS)
    start_time = models.DateTimeField(default=timezone.now)
    end_time = models.DateTimeField(null=True, blank=True)
    empty_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Time since which no member is inside, or null.",
    )
    preview_at = models.DateTimeField(
        null=True, editable=False, help_text="Time of the newest picture of its preview, or null."
    )

    # Moves with the settings, the end and room_id; not with members, who come and go.
    version = models.IntegerField(default=1, db_default=1, editable=False)

    objects = RoomSessionQuerySet.as_manager()

    # The time of the last event, if the row was read by with_last_event().
    last_event_at: datetime | None = None

    class Meta(RoomSettings.Meta):
        verbose_name = _("room session")
        verbose_name_plural = _("room sessions")
        ordering = ("-id",)
        constraints = (
            *RoomSettings.Meta.constraints,
            Slug("name", longest=100),
            OneOf("status", SessionStatus),
            models.UniqueConstraint(
                fields=("room",), condition=Q(end_time=None), name="roomsession_one_in_progress"
            ),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.IN_PROGRESS, end_time=None)
                # A CHECK accepts null, so the comparison alone would accept a missing end_time.
                | Q(
                    status=SessionStatus.COMPLETED,
                    end_time__isnull=False,
                    end_time__gte=F("start_time"),
                ),
                name="roomsession_ended_when_completed",
            ),
            # Deleting a room sets this null; the constraint prevents it during a session.
            models.CheckConstraint(
                condition=Q(end_time__isnull=False) | Q(room__isnull=False),
                name="roomsession_has_its_room_while_live",
            ),
        )
        indexes = (
            models.Index(fields=("project", "id"), name="roomsession_newest_in_project"),
            models.Index(fields=("project", "name"), name="roomsession_name"),
            # For created_before, created_on and created_after.
            models.Index(fields=("project", "start_time"), name="roomsession_started"),
            models.Index(
                fields=("empty_since",), condition=Q(end_time=None), name="roomsession_empty"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {time_text(self.start_time)}"

    @classmethod
    def of(cls, room: Room, start_time: datetime) -> Self:
        """Return an unsaved session of `room` with a copy of its settings."""
        settings = {f.name: getattr(room, f.name) for f in RoomSettings._meta.fields}
        return cls(
            room=room, project_id=room.project_id, name=room.name, start_time=start_time, **settings
        )

    def count_inside(self) -> int:
        return self.members.filter(leave_time=None).count()

    @property
    def room_id_ever(self) -> UUID | None:
        """The ID of the room, also after the room is deleted; null if that was before 0.2.0."""
        return self.room_id or self.former_room_id

    @property
    def preview_url(self) -> str | None:
        """The path of the moving picture, which opens without an account; None without one."""
        is_on = self.enable_room_previews and self.end_time is None
        return preview_path(self.pk, self.preview_at) if is_on else None

    @property
    def updated_at(self) -> datetime:
        """The time of the last event; each change of a session records one."""
        return self.end_time or self.last_event_at or self.start_time

    @property
    def duration(self) -> int | None:
        """Whole seconds from start to end; null while the session runs."""
        if self.end_time is None:
            return None
        return int((self.end_time - self.start_time).total_seconds())
