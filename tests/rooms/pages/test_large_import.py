"""Import of a CSV file with ten thousand lines on the staff pages."""

import pytest

from rooms.jobs.run import work
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import Job
from tests.factories import ProjectFactory
from tests.support.bulk_pages import job
from tests.support.csv_pages import MANY, send
from tests.support.html import log_in

pytestmark = pytest.mark.django_db


@pytest.mark.long
def test_ten_thousand_lines_with_semicolons_and_crlf_are_imported(client):
    log_in(client)
    project = ProjectFactory()
    Room.objects.bulk_create(
        (Room(project=project, name=f"r-{n}", display_name=f"R {n}") for n in range(MANY)),
        batch_size=500,
    )
    lines = "".join(f"r-{n};{n % 300 + 1}\r\n" for n in range(MANY))

    page = send(client, project, f"\ufeffname;max_members\r\n{lines}")

    assert "You can close this page" in page.content.decode()
    work(Job.claim())
    assert sum(job().preview_counts.values()) == MANY
    assert job().apply("valid")
    work(Job.claim())
    assert Room.objects.filter(max_members=300).count() == MANY // 300
    assert RoomChange.objects.filter(bulk_id=job().pk).count() == job().preview_counts["changed"]
