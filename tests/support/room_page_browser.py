"""Parts of a room page in a browser."""

from rooms.models import Room

REFUSED, CONFLICT = "status of 422", "status of 409"


def save(page):
    page.get_by_role("button", name="Save").click()


def stored(room):
    return Room.objects.get(pk=room.pk)
