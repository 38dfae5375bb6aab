"""Small changes of a room."""

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS

CHANGE = {"max_members": 5}


def changed(room, values, by=TESTS):
    return change_room(Room.objects.all(), room.pk, values, by=by).room
