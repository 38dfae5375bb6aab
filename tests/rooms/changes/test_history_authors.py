"""The history names the author and the channel of each change."""

import pytest

from rooms.models import RoomChange
from rooms.models.history import Author, AuthorKind, Channel
from tests.support.api import ROOMS_URL, room_url
from tests.support.changes import changed

STAFF = Author(AuthorKind.USER, "7", "ann", Channel.ADMIN, "req-1")


def test_author_and_channel_are_recorded(room):
    changed(room, {"max_members": 5}, by=STAFF)

    entry = RoomChange.objects.first()
    assert (entry.author_kind, entry.author_id, entry.author_name) == ("user", "7", "ann")
    assert (entry.channel, entry.request_id) == ("admin", "req-1")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_change_through_the_api_records_the_token(api, token, room, method):
    getattr(api, method)(room_url(room), {"max_members": 5}, HTTP_X_REQUEST_ID="req-2")

    entry = RoomChange.objects.first()
    assert (entry.author_kind, entry.author_id) == ("token", str(token.pk))
    assert (entry.author_name, entry.channel, entry.request_id) == (token.name, "api", "req-2")


def test_create_and_delete_through_the_api_record_the_token(api, token):
    created = api.post(ROOMS_URL, {"name": "lobby"}, HTTP_X_REQUEST_ID="a")
    api.delete(room_url(created.json()["id"]), HTTP_X_REQUEST_ID="b")

    entries = RoomChange.objects.order_by("pk").values_list("action", "author_id", "request_id")
    assert list(entries) == [("created", str(token.pk), "a"), ("deleted", str(token.pk), "b")]


def test_secret_of_the_token_is_not_recorded(api, token, room):
    api.put(room_url(room), {"max_members": 5})

    assert token.secret not in str(RoomChange.objects.values().first())
