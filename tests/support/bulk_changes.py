"""Staff that may change many rooms, and the rooms that are stored."""

from rooms.models import Room

MAY = ("rooms.view_room", "rooms.change_room", "rooms.bulk_change_room")


def stored():
    return list(Room.objects.order_by("pk").values())
