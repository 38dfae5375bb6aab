"""A search without a match offers the rooms with the nearest names."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import StaffLimit
from tests.factories import ProjectFactory, RoomFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db

NAMES = ("Ward 5 · Evening handover", "Emergency · Triage", "Cardiology rounds", "Die Ärzte")


def offered(client, search):
    page = client.get("/", {"search": search}).content.decode()
    return re.findall(r'class="nearest"[^>]*>([^<]*)<', page)


@pytest.mark.parametrize(
    ("search", "first"),
    [
        ("ward 5 evning handover", NAMES[0]),
        ("emergancy triage", NAMES[1]),
        ("Triage emergencies", NAMES[1]),
        ("cardilogy", NAMES[2]),
        ("die arztte", NAMES[3]),
        ("standup-berln", "standup-berlin"),
    ],
)
def test_misspelt_name_offers_the_room_that_has_it(client, project, search, first):
    log_in(client)
    for number, name in enumerate(NAMES):
        RoomFactory(project=project, name=f"r{number}", display_name=name)
    RoomFactory(project=project, name="standup-berlin")

    assert offered(client, search)[0] == first


def test_search_that_is_like_no_name_offers_none(client, project):
    log_in(client)
    RoomFactory(project=project, display_name=NAMES[0])

    for search in ("zzz", "?!", "xylophone quartet", "w" * 200):
        assert offered(client, search) == []


def test_hidden_rooms_are_not_offered(client, project):
    user = log_in(client, "rooms.view_room")
    StaffLimit.objects.create(user=user).projects.set([ProjectFactory()])
    RoomFactory(project=project, display_name="Cardiology")

    assert offered(client, "cardiolgy") == []


def test_old_room_is_found_beside_the_search_with_few_statements(client, project, monkeypatch):
    monkeypatch.setattr("rooms.pages.room_list.nearest.NEWEST", 3)
    log_in(client)
    RoomFactory(project=project, display_name="Cardiology")
    for number in range(9):
        RoomFactory(project=project, display_name=f"Ward {number}")

    with CaptureQueriesContext(connection) as captured:
        assert offered(client, "cardiolgy") == ["Cardiology"]

    reads = [one["sql"] for one in captured if "rooms_room" in one["sql"]]
    assert len(reads) == 6
    assert all("LIMIT" in sql for sql in reads)
