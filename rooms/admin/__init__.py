"""The Django admin of rooms and their history."""

from rooms.admin import history, rooms

__all__ = ["history", "rooms"]
