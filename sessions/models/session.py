"""A session: one time that people meet in a room, its members, and what happened in it.

Only sessions/lifecycle/ writes these rows. sessions/models/media.py records what the media
server has been told about them.
"""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Project
from access.values.identifiers import Id
from access.values.timestamps import EARLIEST, LATEST
from rooms.models import Room, RoomSettings
from rooms.rules.constraints import Between, InRange, Line, OneOf, Slug
from rooms.rules.fields import Choice, Moment, WholeNumber, Words, YesNo
from rooms.rules.join_policy import JoinPolicy, Overrides


class SessionStatus(models.TextChoices):
    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETED = "completed", _("Completed")


class RoomSession(RoomSettings):
    """A copy of the room's settings, because editing a room must not touch the people inside."""

    id = Id()
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="sessions"
    )
    # Null once the room is deleted: what happened stays.
    room = models.ForeignKey(
        Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    name = Words(help_text="The room's name when the session started.")
    status = models.TextField(choices=SessionStatus, default=SessionStatus.IN_PROGRESS)
    start_time = models.DateTimeField(default=timezone.now)
    end_time = models.DateTimeField(null=True, blank=True)
    empty_since = models.DateTimeField(
        null=True, blank=True, help_text="When the last member left; null while anybody is inside."
    )
    preview_url = models.URLField(null=True, blank=True, max_length=2000)

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
                # A comparison with null would pass: a CHECK refuses only what is false.
                | Q(
                    status=SessionStatus.COMPLETED,
                    end_time__isnull=False,
                    end_time__gte=F("start_time"),
                ),
                name="roomsession_ended_when_completed",
            ),
            # Deleting a room sets this null: the database refuses it while people are inside.
            models.CheckConstraint(
                condition=Q(end_time__isnull=False) | Q(room__isnull=False),
                name="roomsession_has_its_room_while_live",
            ),
        )
        indexes = (
            models.Index(fields=("project", "id"), name="roomsession_newest_in_project"),
            models.Index(fields=("project", "name"), name="roomsession_name"),
            models.Index(
                fields=("empty_since",), condition=Q(end_time=None), name="roomsession_empty"
            ),
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


class JoinAs(models.TextChoices):
    MEMBER = "member", _("Member")
    AUDIENCE = "audience", _("Audience")


class MediaAllowed(models.TextChoices):
    ALL = "all", _("Sound and picture")
    VIDEO_ONLY = "video-only", _("Picture only")
    AUDIO_ONLY = "audio-only", _("Sound only")


class LeaveReason(models.TextChoices):
    """Why somebody is no longer inside; the settings that remove people by their own names."""

    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed by hand")
    REMOVE_AT = "remove_at", _("Everybody was removed")
    REMOVE_AFTER = "remove_after_seconds_elapsed", _("Their time was up")
    SESSION_ENDED = "session_ended", _("The session ended")
    # What the media server brought about.
    DISCONNECTED = "disconnected", _("Their connection ended")
    NO_PLACE = "no_place", _("The media server had no place for them")


# Those that the clock brought about.
BY_THE_CLOCK = (LeaveReason.REMOVE_AT, LeaveReason.REMOVE_AFTER)


class Member(models.Model):
    """One stay of one person in a session, and what their token said about it."""

    id = Id()
    session = models.ForeignKey(
        RoomSession, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    project_id = models.UUIDField(editable=False)
    name = Words(null=True, help_text="As the token calls the person; null when it does not.")
    jti = Words(help_text="Which token: one that is shown again lets the same person in.")
    join_as = Choice(choices=JoinAs, default=JoinAs.MEMBER)
    media_allowed = Choice(choices=MediaAllowed, default=MediaAllowed.ALL)
    end_room_session_on_leave = YesNo(default=False)
    # What the token says in place of the session; null leaves the session's word.
    token_remove_at = Moment(null=True)
    token_remove_after = WholeNumber(null=True)
    join_time = models.DateTimeField(default=timezone.now)
    leave_by = models.DateTimeField(null=True, help_text="When the member must be out, if ever.")
    leave_time = models.DateTimeField(null=True, help_text="Null while the member is inside.")
    leave_reason = Choice(choices=LeaveReason, null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            Line("name", longest=200),
            Line("jti", longest=100),
            OneOf("join_as", JoinAs),
            OneOf("media_allowed", MediaAllowed),
            OneOf("end_room_session_on_leave", (True, False)),
            Between("token_remove_at", EARLIEST, LATEST),
            InRange("token_remove_after", 1, 2**31 - 1),
            OneOf("leave_reason", LeaveReason),
            models.CheckConstraint(
                condition=Q(leave_time=None, leave_reason=None)
                | Q(
                    leave_time__isnull=False,
                    leave_reason__isnull=False,
                    leave_time__gte=F("join_time"),
                ),
                name="member_left_for_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=("session", "id"), name="member_of_session"),
            # Who is inside: a long session has many who left.
            models.Index(
                fields=("session", "jti"), condition=Q(leave_time=None), name="member_inside"
            ),
            models.Index(
                fields=("leave_by",),
                condition=Q(leave_time=None, leave_by__isnull=False),
                name="member_due",
            ),
            models.Index(
                fields=("leave_time",),
                condition=Q(leave_reason__in=BY_THE_CLOCK),
                name="member_removed",
            ),
        )

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def duration(self) -> int | None:
        """Whole seconds inside; None while the member still is."""
        if self.leave_time is None:
            return None
        return int((self.leave_time - self.join_time).total_seconds())

    def policy(self, session: RoomSession) -> JoinPolicy:
        """Return what `session`, which is this member's, promises to the bearer of their token."""
        token = Overrides(
            remove_at=self.token_remove_at, remove_after_seconds_elapsed=self.token_remove_after
        )
        return JoinPolicy.of(session).overridden_by(token)


class EventType(models.TextChoices):
    ROOM_STARTED = "room.started", _("The session started")
    ROOM_UPDATED = "room.updated", _("Settings were applied")
    ROOM_ENDED = "room.ended", _("The session ended")
    MEMBER_JOINED = "member.joined", _("A member joined")
    MEMBER_LEFT = "member.left", _("A member left")
    RECORDING_STARTED = "recording.started", _("Recording started")
    RECORDING_ENDED = "recording.ended", _("Recording ended")


class SessionEvent(models.Model):
    """One thing that happened in a session. Only sessions/lifecycle/events.py writes one."""

    # Numbered under the session's lock: the order of numbers is the order of events.
    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(
        RoomSession, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    project_id = models.UUIDField(editable=False)
    type = Choice(choices=EventType)
    at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints = (OneOf("type", EventType),)
        indexes = (
            models.Index(fields=("session", "id"), name="sessionevent_of_session"),
            models.Index(
                fields=("project_id", "id"),
                condition=Q(type=EventType.RECORDING_STARTED),
                name="sessionevent_recording",
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} at {self.at:%Y-%m-%d %H:%M:%S}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row; an old one stays as it is."""
        if not self._state.adding:
            raise TypeError("Events are never rewritten.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Events are never deleted one by one.")
