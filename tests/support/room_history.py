"""A room's history in the API, and the revert of a change."""

from rooms.models import RoomChange
from tests.support.api import room_url


def history_url(room):
    return f"{room_url(room)}/history"


def last_change(room):
    return RoomChange.objects.filter(room_id=room.pk).latest("version")


def revert(api, room, change=None, body=None, query=""):
    change_id = (change or last_change(room)).pk
    return api.post(f"{history_url(room)}/{change_id}/revert{query}", body)
