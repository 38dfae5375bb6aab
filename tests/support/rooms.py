"""The stored room."""

from rooms.models import Room
from rooms.models.history import RoomChange


def assert_unchanged(room):
    stored = Room.objects.filter(pk=room.pk).values().get()
    assert stored == {name: getattr(room, name) for name in stored}
    assert RoomChange.objects.filter(room_id=room.pk).count() == room.version
