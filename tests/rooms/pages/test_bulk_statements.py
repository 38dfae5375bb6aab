"""Bulk edit on the staff pages: the number of statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rooms.jobs.run import AT_ONCE
from rooms.models import Room
from rooms.models.job import Job
from rooms.models.job_row import JobRow
from tests.factories import ProjectFactory, RoomFactory
from tests.support.bulk_pages import BULK, EARLIER, HOUR, NOON, follow, job, try_on
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db


class TestSize:
    def test_preview_of_forty_rooms_costs_the_same_as_of_two(
        self, client, django_assert_num_queries
    ):
        log_in(client)
        project = ProjectFactory()
        rooms = [
            RoomFactory(project=project, join_from=NOON, join_until=NOON + HOUR) for _ in range(40)
        ]
        try_on(client, rooms[:2], **EARLIER)
        few = f"/jobs/{job().pk}"
        try_on(client, rooms, **EARLIER)
        many = f"/jobs/{job().pk}"

        assert statements(client, few) == statements(client, many) <= 10

    def test_too_many_rooms_are_refused_with_a_message(self, client, monkeypatch):
        monkeypatch.setattr("rooms.jobs.create.MOST_ROOMS", 2)
        log_in(client)
        rooms = [RoomFactory() for _ in range(3)]

        page = try_on(client, rooms, change_max_members="on", max_members="9")

        assert page.status_code == 422
        assert "Narrow the list first" in page.content.decode()
        assert (Job.objects.count(), JobRow.objects.count()) == (0, 0)

    def test_long_job_waits_for_a_worker(self, client):
        log_in(client)
        project = ProjectFactory()
        names = [f"many-{number}" for number in range(AT_ONCE + 1)]
        Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)
        page = client.post(BULK, {"all": "1"})
        typed = {"change_max_members": "on", "max_members": "9"}

        page = follow(client, client.post(BULK, {**fields_of(page), **typed}))

        assert job().state == "waiting"
        assert "You can close this page" in page.content.decode()
        # Other pages show the job, without extra queries for users who have none.
        assert reverse("job-notice", args=[job().pk]) in client.get("/history").content.decode()


def statements(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)
