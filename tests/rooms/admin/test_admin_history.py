"""The history in Django's admin needs the permission of the history."""

import pytest

from tests.factories import RoomFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("permissions", "status", "has_link"),
    [
        (["rooms.view_room"], 403, False),
        (["rooms.view_room", "rooms.view_roomchange"], 200, True),
    ],
)
def test_history_of_a_room_needs_its_permission(client, permissions, status, has_link):
    log_in(client, *permissions)
    room = RoomFactory()

    page = client.get(f"/admin/rooms/room/{room.pk}/change/")
    history = client.get(f"/admin/rooms/room/{room.pk}/history/")

    assert history.status_code == status
    assert (b"historylink" in page.content) == has_link
