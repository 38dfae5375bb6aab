"""A session: one time that people meet in a room, with the settings that it started with."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.identifiers import Id
from access.models import Project
from rooms.fields import Words
from rooms.models import Room, RoomSettings
from rooms.rules import OneOf, Slug


class SessionStatus(models.TextChoices):
    IN_PROGRESS = "in-progress", "In progress"
    COMPLETED = "completed", "Completed"


class RoomSession(RoomSettings):
    """A copy of the room's settings, because editing a room must not touch the people inside."""

    id = Id()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sessions")
    # Null once the room is deleted: what happened stays.
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    name = Words(help_text="The room's name when the session started.")
    status = models.TextField(choices=SessionStatus, default=SessionStatus.IN_PROGRESS)
    start_time = models.DateTimeField(default=timezone.now)
    end_time = models.DateTimeField(null=True, blank=True)
    preview_url = models.URLField(null=True, blank=True, max_length=2000)

    class Meta(RoomSettings.Meta):
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
                # A comparison with null would pass: a CHECK refuses only what is false.
                | Q(
                    status=SessionStatus.COMPLETED,
                    end_time__isnull=False,
                    end_time__gte=F("start_time"),
                ),
                name="roomsession_ended_when_completed",
            ),
        )
        indexes = (
            models.Index(fields=("project", "id"), name="roomsession_newest_in_project"),
            models.Index(fields=("project", "name"), name="roomsession_name"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.start_time:%Y-%m-%d %H:%M}"

    @classmethod
    def of(cls, room: Room, start_time: datetime) -> Self:
        """Return an unsaved session of `room` with a copy of its settings."""
        settings = {f.name: getattr(room, f.name) for f in RoomSettings._meta.fields}
        return cls(
            room=room, project_id=room.project_id, name=room.name, start_time=start_time, **settings
        )

    @property
    def duration(self) -> int | None:
        """Whole seconds from start to end; None while it runs."""
        if self.end_time is None:
            return None
        return int((self.end_time - self.start_time).total_seconds())
