"""Changes of two users, and the choice between them."""

from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS
from tests.support.html import fields_of
from tests.support.room_page import page_of


def theirs(room, **values):
    return change_room(Room.objects, room.pk, values, by=TESTS).room


def post(client, room, sent):
    return client.post(page_of(room), {k: v for k, v in sent.items() if v is not None})


def choose(page, **choices):
    """Return the form data of the conflict page after choosing "theirs" or "yours"."""
    rows = {row.name: row for row in page.context["choices"]}
    picked = {name: getattr(rows[name], f"send_{whose}") for name, whose in choices.items()}
    return {**fields_of(page), "choose": list(rows), **picked}
