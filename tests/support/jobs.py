"""Jobs for many rooms, and the steps of a worker."""

from django.utils import timezone

from rooms.bulk.engine import CHUNK
from rooms.jobs.run import work
from rooms.models import Room
from rooms.models.job import LEASE, Job, JobKind
from rooms.models.job_row import JobRow
from tests.factories import StaffFactory

MANY = 2 * CHUNK + 30
CHANGE = {"set": {"max_members": 9}}


def a_job(ids, change=None, **values):
    """Return a job as rooms/jobs/create.py stores it."""
    asked = {"change": change or CHANGE}
    made = Job.objects.create(
        kind=JobKind.CHANGE, owner=StaffFactory(), request=asked, total=len(ids), **values
    )
    JobRow.objects.bulk_create(
        JobRow(job=made, number=number, room_id=room_id) for number, room_id in enumerate(ids)
    )
    return made


def previewed(job):
    work(Job.claim(only=job))
    job.refresh_from_db()
    return job


def applying(job, mode):
    assert previewed(job).apply(mode)
    return Job.claim(only=job)


def changed():
    return Room.objects.filter(max_members=9).count()


def now(job):
    return Job.objects.get(pk=job.pk)


def let_the_lease_run_out(job):
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - 2 * LEASE)
