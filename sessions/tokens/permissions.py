"""The permissions of room tokens, with the names of the reference."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from access.values.faults import fault
from rooms.rules.fields import JsonTextField, StrictField

# The prefix room.self means the bearer, room.member every member.
_TO_A_MEMBER = (
    "audio_mute",
    "audio_unmute",
    "video_mute",
    "video_unmute",
    "deaf",
    "undeaf",
    "set_input_volume",
    "set_output_volume",
    "set_input_sensitivity",
    "set_position",
    "set_meta",
    "raisehand",
    "lowerhand",
)
PERMISSIONS = (
    "room.hide_video_muted",
    "room.list_available_layouts",
    "room.lock",
    "room.playback",
    "room.playback_seek",
    "room.prioritize_handraise",
    "room.recording",
    "room.set_layout",
    "room.set_position",
    "room.set_meta",
    "room.show_video_muted",
    "room.stream",
    "room.stream.start",
    "room.unlock",
    *(f"room.member.{act}" for act in (*_TO_A_MEMBER, "remove", "promote", "demote")),
    *(f"room.self.{act}" for act in (*_TO_A_MEMBER, "screenshare", "additional_source")),
)
# The permissions of a token without any: only the bearer's own audio and video.
DEFAULT_PERMISSIONS = (
    "room.self.audio_mute",
    "room.self.audio_unmute",
    "room.self.video_mute",
    "room.self.video_unmute",
    "room.self.deaf",
    "room.self.undeaf",
    "room.self.set_input_volume",
    "room.self.set_output_volume",
    "room.self.set_input_sensitivity",
    "room.self.screenshare",
    "room.self.additional_source",
)


class Permissions(StrictField, models.JSONField):
    """A list of permissions, without duplicates."""

    plain = models.JSONField
    shape = list
    requirement = "must be a list of permissions such as room.self.audio_mute"

    def require_type(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise ValueError(value)
        unknown = [one for one in value if not isinstance(one, str) or one not in PERMISSIONS]
        if unknown:
            raise ValueError(unknown[0])
        return list(dict.fromkeys(value))

    def fault(self, value: Any) -> ValidationError:
        unknown = [one for one in value if one not in PERMISSIONS] if type(value) is list else []
        return fault(self.name, self.code, self.requirement, *unknown[:1] or [value])

    from_text = JsonTextField.from_text
