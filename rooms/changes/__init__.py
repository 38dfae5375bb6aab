"""The only way to change a room: see engine.py."""

from rooms.changes.chunks import change_chunk
from rooms.changes.creation import RoomExists, create_chunk, create_room, restore_room
from rooms.changes.engine import RoomIsLive, Stale, change_room, delete_room

__all__ = [
    "RoomExists",
    "RoomIsLive",
    "Stale",
    "change_chunk",
    "change_room",
    "create_chunk",
    "create_room",
    "delete_room",
    "restore_room",
]
