"""The settings that a session copies from its room, with their limits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.values.timestamps import EARLIEST, LATEST
from rooms.rules.constraints import Between, InRange, Line, OneOf, Ordered, Text
from rooms.rules.fields import (
    StrictBooleanField,
    StrictChoiceField,
    StrictIntegerField,
    StrictTextField,
    TimestampField,
)
from rooms.rules.line_field import LineField


class Quality(models.TextChoices):
    HD = "720p", "720p"
    FULL_HD = "1080p", "1080p"


class Layout(models.TextChoices):
    GRID = "grid-responsive", _("Grid")
    GRID_MOBILE = "grid-responsive-mobile", _("Grid for phones")
    HIGHLIGHT = "highlight-1-responsive", _("One large, others beside it")
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


class RoomSettings(models.Model):
    """The settings of a room, which a session copies when it starts."""

    display_name = LineField(
        _("display name"),
        instead="name",
        help_text=_("Shown to participants. Defaults to the name."),
    )
    description = StrictTextField(
        _("description"), null=True, help_text=_("Internal note. Only staff see it.")
    )
    max_members = StrictIntegerField(
        _("capacity"), default=20, help_text=_("Most people in the room at one time.")
    )
    quality = StrictChoiceField(
        _("quality"), choices=Quality, default=Quality.HD, help_text=_("Resolution of the video.")
    )
    fps = StrictIntegerField(
        _("frames per second"),
        choices=FramesPerSecond,
        default=FramesPerSecond.TWENTY,
        editable=False,
        help_text=_("Frames per second of the video."),
    )
    join_from = TimestampField(
        _("opens"), null=True, help_text=_("No one can join before this time.")
    )
    join_until = TimestampField(
        _("closes"),
        null=True,
        help_text=_("New people can't join after this. People inside can stay."),
    )
    remove_at = TimestampField(
        _("everyone leaves at"), null=True, help_text=_("Everyone is removed at this time.")
    )
    remove_after_seconds_elapsed = StrictIntegerField(
        _("time limit per person"),
        null=True,
        help_text=_("Each person is removed this many seconds after joining."),
    )
    layout = StrictChoiceField(
        _("layout"),
        choices=Layout,
        default=Layout.GRID,
        help_text=_("How participants are arranged."),
    )
    record_on_start = StrictBooleanField(
        _("record on start"), default=False, help_text=_("Recording starts with the session.")
    )
    enable_room_previews = StrictBooleanField(
        _("enable room previews"),
        default=False,
        help_text=_(
            "Everyone with the link, and staff, see a moving picture of the room twice a minute."
        ),
    )
    audio_video_sync = StrictBooleanField(
        _("audio video sync"),
        default=False,
        help_text=_("Keeps sound and video in sync, with a small delay."),
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
            # SQLite stores a boolean as a number, and would accept 2.
            OneOf("record_on_start", (True, False)),
            OneOf("enable_room_previews", (True, False)),
            OneOf("audio_video_sync", (True, False)),
            Ordered("join_from", "join_until", code="invalid_join_until_date"),
            Ordered("join_from", "remove_at"),
        )
