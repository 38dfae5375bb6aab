"""The actions of the admin's room list, and their input in the bulk form."""

from datetime import timedelta

from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.models.history import RoomChange
from tests.factories import RoomFactory

# Action, input in the bulk form (None: it opens the preview), and the settings afterwards.
SETTERS = [
    ("edit_rooms", {"change_description": "on", "description": "new"}, {"description": "new"}),
    ("set_quality", {"quality": "1080p"}, {"quality": "1080p"}),
    ("set_layout", {"layout": "5up"}, {"layout": "5up"}),
    ("set_max_members", {"max_members": "7"}, {"max_members": 7}),
    ("recording_on", None, {"record_on_start": True}),
    ("recording_off", None, {"record_on_start": False}),
    ("previews_on", None, {"enable_room_previews": True}),
    ("previews_off", None, {"enable_room_previews": False}),
    (
        "clear_schedule",
        None,
        {
            "join_from": None,
            "join_until": None,
            "remove_at": None,
            "remove_after_seconds_elapsed": None,
        },
    ),
]
ASKING = ["edit_rooms", "set_quality", "set_layout", "set_max_members", "shift_schedule"]
TYPED = {name: typed for name, typed, _ in SETTERS} | {"shift_schedule": {"hours": "1"}}
BULK = [*TYPED, "close_joining_now"]
ALL = [*BULK, "delete_selected"]


def scheduled_room(**values):
    now = whole_second(timezone.now())
    return RoomFactory(
        join_from=now + timedelta(hours=1),
        join_until=now + timedelta(hours=2),
        remove_at=now + timedelta(hours=3),
        remove_after_seconds_elapsed=60,
        **values,
    )


def changes_since_creation():
    return RoomChange.objects.exclude(action="created")
