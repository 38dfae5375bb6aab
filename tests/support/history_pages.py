"""Changes by Marta, and the pages of the history."""

from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import Author, AuthorKind, Channel, RoomChange

MARTA = Author(AuthorKind.USER, "7", "marta", Channel.ADMIN, "req-1")


def change(room, by=MARTA, **values):
    change_room(Room.objects.all(), room.pk, values, by=by)
    return RoomChange.objects.filter(room_id=room.pk).first()


def page(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()
