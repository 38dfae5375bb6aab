"""A job obeys the access that its owner has when it runs, and when they look at it."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from access.models import StaffLimit
from rooms.jobs.access import MAY_CHANGE, MAY_CREATE
from rooms.jobs.run import work
from rooms.models import Room
from rooms.models.job import Job, JobState
from tests.factories import ProjectFactory, RoomFactory
from tests.support.html import log_in
from tests.support.jobs import a_job, changed, now, previewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    return log_in(client, *MAY_CHANGE, MAY_CREATE)


@pytest.fixture
def limit(person):
    """The limit of the person, to two projects."""
    limit = StaffLimit.objects.create(user=person)
    limit.projects.set([ProjectFactory(name="Kept"), ProjectFactory(name="Lost")])
    return limit


@pytest.fixture
def imported(client, limit):
    """Preview an import of a new room into the project that the person will lose."""
    file = SimpleUploadedFile("rooms.csv", b"name,max_members\nnew-room,9\n")
    lost = limit.projects.get(name="Lost")
    client.post("/import", {"project": lost.pk, "file": file, "create": "on"})
    return Job.objects.get()


def lose(limit):
    limit.projects.remove(limit.projects.get(name="Lost"))


def test_import_into_a_lost_project_is_not_applied(client, limit, imported):
    assert imported.state == JobState.READY
    lose(limit)

    answer = client.post(f"/jobs/{imported.pk}/apply", {"mode": "valid"})

    assert answer.status_code == 404
    assert not Room.objects.exists()


def test_import_waiting_for_a_worker_stops_after_the_loss(limit, imported):
    assert imported.apply("valid")
    lose(limit)

    work(Job.claim(only=imported))

    assert now(imported).state == JobState.CANCELLED
    assert not Room.objects.exists()


@pytest.mark.parametrize("page", ["", "/rooms.csv", "/progress"])
def test_import_into_a_lost_project_is_not_shown(client, limit, imported, page):
    lose(limit)

    assert client.get(f"/jobs/{imported.pk}{page}").status_code == 404
    assert "rooms.csv" not in client.get("/jobs").content.decode()


@pytest.mark.parametrize("lost", [*MAY_CHANGE])
def test_job_stops_without_the_permission(client, person, job, lost):
    Job.objects.filter(pk=job.pk).update(owner=person)
    job = now(job)
    app, codename = lost.split(".")
    person.user_permissions.remove(
        Permission.objects.get(content_type__app_label=app, codename=codename)
    )

    previewed(job)

    assert now(job).state == JobState.CANCELLED
    assert not changed()


def test_job_stops_for_a_disabled_owner(job):
    job.owner.is_active = False
    job.owner.save()

    previewed(job)

    assert now(job).state == JobState.CANCELLED


def test_rows_of_a_lost_project_are_not_shown(client, person, limit):
    kept, lost = (
        RoomFactory(name=p.name.lower(), project=p) for p in limit.projects.order_by("name")
    )
    job = previewed(a_job([kept.pk, lost.pk]))
    Job.objects.filter(pk=job.pk).update(owner=person)
    lose(limit)

    page = client.get(f"/jobs/{job.pk}").content.decode()
    file = b"".join(client.get(f"/jobs/{job.pk}/rooms.csv")).decode()

    for text in (page, file):
        assert str(kept.pk) in text
        assert str(lost.pk) not in text
