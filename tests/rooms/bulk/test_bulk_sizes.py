"""How much /rooms/bulk takes in one call, over a socket: 10,000 rooms, and not a byte more."""

import pytest
import requests
from django.conf import settings
from django.urls import reverse

from access.http.body_limits import BULK, largest_body
from rooms.models import Room, RoomChange
from tests.factories import TokenFactory

MANY = 10_000


@pytest.fixture
def token():
    return TokenFactory()


@pytest.fixture
def call(greenroom, token):
    """Send a body to /rooms/bulk of the live server."""

    def send(content_type="application/json", **more):
        return requests.post(
            f"{greenroom.url}{BULK}",
            auth=(str(token.project_id), token.secret),
            headers={"Content-Type": content_type},
            timeout=60,
            **more,
        )

    return send


@pytest.fixture
def rooms(greenroom, token):
    """Ten thousand rooms, made by hand because one after the other takes a minute."""
    rooms = [
        Room(project=token.project, name=f"room-{number}", display_name=f"Room {number}")
        for number in range(MANY)
    ]
    return Room.objects.bulk_create(rooms, batch_size=500)


def test_ten_thousand_ids_go_through(call, rooms):
    ids = [str(room.pk) for room in rooms]

    response = call(json={"select": {"ids": ids}, "change": {"set": {"max_members": 9}}})

    assert response.status_code == 200
    assert response.json()["counts"]["changed"] == MANY
    assert Room.objects.filter(max_members=9, version=2).count() == MANY
    assert RoomChange.objects.filter(bulk_id=response.json()["bulk_id"]).count() == MANY


def test_a_file_of_ten_thousand_rows_goes_through(call, rooms, greenroom, token):
    exported = requests.get(
        f"{greenroom.url}/api/video/rooms",
        auth=(str(token.project_id), token.secret),
        headers={"Accept": "text/csv"},
        timeout=60,
    )

    response = call("text/csv", data=exported.content.replace(b",720p,", b",1080p,"))

    assert exported.content.count(b"\r\n") == MANY + 1
    assert response.json()["counts"]["changed"] == MANY
    assert response.json()["results"][-1]["line"] == MANY + 1
    assert Room.objects.filter(quality="1080p", version=2).count() == MANY


@pytest.mark.parametrize(
    ("content_type", "limit"),
    [("application/json", settings.API_IDS_BYTES), ("text/csv", settings.API_FILE_BYTES)],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_byte_more_is_too_much(call, content_type, limit, chunked):
    body = b" " * (limit + 1)
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))

    fits = call(content_type, data=body[:limit])
    too_much = call(content_type, data=pieces if chunked else body)

    assert fits.status_code in (400, 422)
    assert too_much.status_code == 413
    assert f"{limit // 1024} kB" in too_much.json()["detail"]


def test_half_a_megabyte_of_names_is_refused_in_seconds(call):
    change = {"set": {f"n{number}": 1 for number in range(40_000)}}

    response = call(json={"select": {"filter": {}}, "change": change})

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 40_000
    assert response.elapsed.total_seconds() < 15


def test_only_one_address_takes_so_much():
    assert reverse("bulk") == BULK
    for path in (f"{BULK}/", f"{BULK}/x/revert", "/api/video/rooms", "/api/schema"):
        assert largest_body(path, "text/csv") == settings.API_BODY_BYTES
    assert largest_body("/admin/", "text/csv") == settings.PAGE_BODY_BYTES
