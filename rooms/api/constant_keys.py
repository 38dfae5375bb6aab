"""Keys that the SignalWire API always sends and that have one value in Greenroom.

Clients generated from its reference fail without them. A request may repeat them.
"""

from rest_framework import serializers

from access.api.serializers import ConstantField


def always_false(reason: str) -> ConstantField:
    return ConstantField(False, {"type": "boolean", "examples": [False]}, f"Always false: {reason}")


def no_cost() -> ConstantField:
    schema = {"type": "number", "examples": [0.0]}
    return ConstantField(0.0, schema, "Always 0.0: Greenroom charges nothing.")


class ConstantRoomKeys(serializers.Serializer):
    tone_on_entry_and_exit = always_false("members hear no tone.")
    room_join_video_off = always_false("a room does not switch video off.")
    user_join_video_off = always_false("only a room token can (join_video_muted).")
    prioritize_handraise = always_false("no layout prefers members who raise a hand.")


# In the order of the reference.
CONSTANT_ROOM_KEYS = (
    "tone_on_entry_and_exit",
    "room_join_video_off",
    "user_join_video_off",
    "prioritize_handraise",
)
