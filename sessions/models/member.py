"""A member: one visit of a person to a session."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.values.identifiers import UUID7Field
from access.values.timestamps import EARLIEST, LATEST
from rooms.rules.constraints import Between, InRange, Line, OneOf
from rooms.rules.fields import (
    StrictBooleanField,
    StrictChoiceField,
    StrictIntegerField,
    StrictTextField,
    TimestampField,
)
from rooms.rules.join_policy import JoinPolicy, Overrides
from rooms.rules.line_field import LineField
from sessions.models.session import RoomSession


class JoinAs(models.TextChoices):
    MEMBER = "member", _("Member")
    AUDIENCE = "audience", _("Audience")


class MediaAllowed(models.TextChoices):
    ALL = "all", _("Sound and picture")
    VIDEO_ONLY = "video-only", _("Picture only")
    AUDIO_ONLY = "audio-only", _("Sound only")


class LeaveReason(models.TextChoices):
    """The reason why a member left; two of them have the names of settings."""

    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed by staff")
    REMOVE_AT = "remove_at", _("Everyone was removed")
    REMOVE_AFTER = "remove_after_seconds_elapsed", _("Time limit reached")
    SESSION_ENDED = "session_ended", _("The session ended")
    # The media server causes these.
    DISCONNECTED = "disconnected", _("Disconnected")
    NO_PLACE = "no_place", _("No place on the media server")


# The clock causes these.
BY_THE_CLOCK = (LeaveReason.REMOVE_AT, LeaveReason.REMOVE_AFTER)


class Member(models.Model):
    """A visit of a person to a session, with the values of their token."""

    id = UUID7Field()
    session = models.ForeignKey(
        RoomSession, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    project_id = models.UUIDField(editable=False)
    name = LineField(null=True, help_text="The person's name in the token; null without one.")
    jti = StrictTextField(help_text="ID of the token; the same token admits the same member again.")
    join_as = StrictChoiceField(choices=JoinAs, default=JoinAs.MEMBER)
    media_allowed = StrictChoiceField(choices=MediaAllowed, default=MediaAllowed.ALL)
    end_room_session_on_leave = StrictBooleanField(default=False)
    # Values of the token that override the session's; null keeps the session's.
    token_remove_at = TimestampField(null=True)
    token_remove_after = StrictIntegerField(null=True)
    join_time = models.DateTimeField(default=timezone.now)
    leave_by = models.DateTimeField(null=True, help_text="Time at which the member must leave.")
    leave_time = models.DateTimeField(null=True, help_text="Null while the member is inside.")
    leave_reason = StrictChoiceField(choices=LeaveReason, null=True)
    blocked_at = models.DateTimeField(
        null=True, help_text="Time since which the member's token admits no one; null: not blocked."
    )

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
            # A partial index: a long session has many former members.
            models.Index(
                fields=("session", "jti"), condition=Q(leave_time=None), name="member_inside"
            ),
            # For admissions. Few members are blocked.
            models.Index(
                fields=("jti",), condition=Q(blocked_at__isnull=False), name="member_blocked"
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
        """Whole seconds inside; null while the member is inside."""
        if self.leave_time is None:
            return None
        return int((self.leave_time - self.join_time).total_seconds())

    def policy(self, session: RoomSession) -> JoinPolicy:
        """Return the join policy of the member's `session` with the values of their token."""
        token = Overrides(
            remove_at=self.token_remove_at, remove_after_seconds_elapsed=self.token_remove_after
        )
        return JoinPolicy.of(session).overridden_by(token)
