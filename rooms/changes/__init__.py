"""The one way to change a room: see engine.py."""

from rooms.changes.engine import (
    RoomIsLive,
    Stale,
    change_chunk,
    change_room,
    create_chunk,
    create_room,
    delete_room,
)

__all__ = [
    "RoomIsLive",
    "Stale",
    "change_chunk",
    "change_room",
    "create_chunk",
    "create_room",
    "delete_room",
]
