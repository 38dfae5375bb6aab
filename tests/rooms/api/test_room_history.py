"""GET /rooms/{id}/history."""

import uuid

import pytest

from tests.support.api import ROOMS_URL, room_url
from tests.support.room_history import history_url


def test_history_shows_author_channel_and_changes(api, room, token):
    api.put(room_url(room), {"max_members": 30}, headers={"X-Request-Id": "friday-17"})

    newest, first = api.get(history_url(room)).json()["data"]

    assert list(newest) == [
        "id",
        "at",
        "room_id",
        "room_name",
        "version",
        "action",
        "changes",
        "author",
        "door",
        "channel",
        "request_id",
        "bulk_id",
    ]
    assert newest["changes"] == {"max_members": [20, 30]}
    assert newest["author"] == {"kind": "token", "id": str(token.pk), "name": token.name}
    assert (newest["door"], newest["channel"], newest["request_id"], newest["version"]) == (
        "api",
        "api",
        "friday-17",
        2,
    )
    assert (first["action"], first["door"]) == ("created", "shell")


def test_history_is_paginated(api, room):
    for number in range(30, 35):
        api.put(room_url(room), {"max_members": number})

    page = api.get(history_url(room) + "?page_size=4").json()
    rest = api.get(page["links"]["next"]).json()
    back = api.get(rest["links"]["prev"]).json()

    assert [entry["version"] for entry in page["data"] + rest["data"]] == [6, 5, 4, 3, 2, 1]
    assert back["data"] == page["data"]


def test_history_is_kept_after_the_room_is_deleted(api, room):
    api.delete(room_url(room))

    response = api.get(history_url(room))

    assert [entry["action"] for entry in response.json()["data"]] == ["deleted", "created"]


@pytest.mark.parametrize("path", [str(uuid.UUID(int=7)), "no-such-room"])
def test_unknown_room_has_no_history(api, path):
    assert api.get(f"{ROOMS_URL}/{path}/history").status_code == 404
