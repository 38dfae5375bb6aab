"""Rooms with their settings and history, and jobs, which change many rooms."""

from rooms.models.finder import RoomFinder, Rooms
from rooms.models.history import RoomChange
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from rooms.models.room import Room
from rooms.models.room_queryset import RoomQuerySet, RoomStatus, nulls_last
from rooms.models.saved_view import SavedView
from rooms.models.settings import FramesPerSecond, Layout, Quality, RoomSettings

__all__ = [
    "FramesPerSecond",
    "Job",
    "JobRow",
    "Layout",
    "Quality",
    "Room",
    "RoomChange",
    "RoomFinder",
    "RoomQuerySet",
    "RoomSettings",
    "RoomStatus",
    "Rooms",
    "SavedView",
    "nulls_last",
]
