"""The room list: the number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Project
from rooms.models import Room
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


def statements(client, url):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    "query", ["", "?search=room&ordering=-join_from", "?live=true", "?status=open&layout=3x3"]
)
def test_page_costs_the_same_at_5_and_at_200_rooms(client, query):
    log_in(client)
    for _ in range(5):
        SessionFactory(room=RoomFactory(project=ProjectFactory(), layout="3x3"))
    few = len(statements(client, f"/{query}"))
    for project in Project.objects.all():
        for room in RoomFactory.create_batch(39, project=project, layout="3x3"):
            SessionFactory(room=room)

    assert Room.objects.count() == 200
    # The login, projects, rooms, sessions with their members, views.
    assert len(statements(client, f"/{query}")) == few == 5


def test_live_parts_cost_the_same_at_1_and_at_50_rooms(client, project):
    log_in(client)
    rooms = RoomFactory.create_batch(50, project=project)
    ids = [",".join(str(room.pk) for room in some) for some in (rooms[:1], rooms)]

    assert [len(statements(client, f"/rooms/live?ids={some}")) for some in ids] == [3, 3]


def test_page_reads_no_long_texts_and_counts_no_rooms(client, room):
    log_in(client)

    page = " ".join(statements(client, "/"))

    assert '"description"' not in page
    assert '"meta"' not in page
    assert "COUNT(*)" not in page
