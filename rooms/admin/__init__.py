"""The Django admin of rooms and their history."""

from rooms.admin import rooms

__all__ = ["rooms"]
