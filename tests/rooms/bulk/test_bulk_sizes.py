"""Size limits of /rooms/bulk over a real socket: 10,000 rooms, and the exact byte limit."""

import pytest
import requests
from django.conf import settings

from access.http.body_limits import largest_body
from rooms.models import Room, RoomChange
from tests.factories import TokenFactory

MANY, BULK = 10_000, "/api/video/rooms/bulk"


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
    """Ten thousand rooms, inserted in bulk, because single creations take a minute."""
    rooms = [
        Room(project=token.project, name=f"room-{number}", display_name=f"Room {number}")
        for number in range(MANY)
    ]
    return Room.objects.bulk_create(rooms, batch_size=500)


def test_ten_thousand_ids_are_accepted(call, rooms):
    ids = [str(room.pk) for room in rooms]

    response = call(json={"select": {"ids": ids}, "change": {"set": {"max_members": 9}}})

    assert response.status_code == 200
    assert response.json()["counts"]["changed"] == MANY
    assert Room.objects.filter(max_members=9, version=2).count() == MANY
    assert RoomChange.objects.filter(bulk_id=response.json()["bulk_id"]).count() == MANY


def test_file_of_ten_thousand_rows_is_accepted(call, rooms, greenroom, token):
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
def test_one_byte_above_the_limit_is_refused(call, content_type, limit, chunked):
    body = b" " * (limit + 1)
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))

    fits = call(content_type, data=body[:limit])
    too_much = call(content_type, data=pieces if chunked else body)

    assert fits.status_code in (400, 422)
    assert too_much.status_code == 413
    assert f"{limit // 1024} kB" in too_much.json()["detail"]


def test_half_a_megabyte_of_unknown_names_is_refused_within_seconds(call):
    change = {"set": {f"n{number}": 1 for number in range(40_000)}}

    response = call(json={"select": {"filter": {}}, "change": change})

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 40_000
    assert response.elapsed.total_seconds() < 15


def test_only_the_bulk_url_accepts_large_bodies():
    assert largest_body(BULK, "text/csv") == settings.API_FILE_BYTES
    assert largest_body(BULK, "application/json") == settings.API_IDS_BYTES
    for path in (f"{BULK}/", f"{BULK}/x/revert", "/api/video/rooms", "/api/schema"):
        assert largest_body(path, "text/csv") == settings.API_BODY_BYTES
    assert largest_body("/admin/", "text/csv") == settings.PAGE_BODY_BYTES
