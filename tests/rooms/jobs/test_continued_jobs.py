"""Jobs are continued by any worker after a kill, and applied once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.bulk.engine import CHUNK
from rooms.jobs import run
from rooms.jobs.run import begin_job, steps, work, work_on_due
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import MOST_ATTEMPTS, Job, JobState, LeaseLost
from tests.factories import ProjectFactory
from tests.support.jobs import MANY, a_job, applying, changed, let_the_lease_run_out, now, previewed
from tests.support.processes import eventually
from tests.support.worker_pool import Nursery

pytestmark = pytest.mark.django_db


class TestTakingUp:
    def test_job_is_claimed_once(self, job):
        assert Job.claim().pk == job.pk
        assert Job.claim() is None

    def test_job_of_a_dead_worker_is_continued(self, job):
        dead = steps(applying(job, "valid"))
        next(dead)
        let_the_lease_run_out(job)

        second = Job.claim()
        work(second)

        assert (now(job).state, changed()) == (JobState.DONE, MANY)
        assert now(job).result_counts == {"changed": MANY}
        # No room has two changes by this job.
        assert RoomChange.objects.filter(bulk_id=job.pk).count() == MANY

    def test_worker_that_lost_the_job_writes_nothing_more(self, job):
        slow = steps(applying(job, "valid"))
        next(slow)
        let_the_lease_run_out(job)
        second = Job.claim()

        assert list(slow) == []
        assert changed() == CHUNK
        work(second)
        assert RoomChange.objects.filter(bulk_id=job.pk).count() == MANY

    def test_progress_is_refused_from_a_worker_that_lost_the_job(self, job):
        first = Job.claim()
        let_the_lease_run_out(job)
        Job.claim()

        with pytest.raises(LeaseLost):
            first.keep(done=5)

        assert now(job).done == 0

    def test_job_is_given_up_after_several_dead_workers(self, job):
        for _ in range(MOST_ATTEMPTS):
            assert Job.claim().state == JobState.WORKING
            let_the_lease_run_out(job)

        assert Job.claim().state == JobState.FAILED
        assert Job.claim() is None

    def test_failed_job_can_be_restarted(self, job):
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, attempts=9)

        assert now(job).take_up_again()

        assert previewed(job).state == JobState.READY

    def test_worker_handles_a_job_in_turns(self, job, monkeypatch):
        monkeypatch.setattr(run, "TURN", timedelta(0))

        turns = 0
        while work_on_due(timezone.now()):
            turns += 1

        assert turns == 4
        assert now(job).state == JobState.READY

    def test_worker_without_jobs_does_nothing(self, db):
        assert work_on_due(timezone.now()) == 0

    def test_short_job_is_finished_in_the_request_and_a_long_one_is_not(self, job, rooms):
        short = a_job([room.pk for room in rooms[:3]])

        begin_job(short)
        begin_job(job)

        assert (now(short).state, now(job).state) == (JobState.READY, JobState.WAITING)


def test_killed_worker_leaves_no_partial_portion_and_no_change_is_repeated(
    server_env, transactional_db
):
    project = ProjectFactory()
    names = [f"many-{number:04}" for number in range(8 * CHUNK)]
    made = Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)
    job = a_job([room.pk for room in made])
    work(Job.claim(only=job))
    now(job).apply("valid")

    with Nursery(server_env) as nursery:
        first = nursery.start()
        eventually(lambda: 0 < now(job).done < len(made))
        nursery.kill(first)
        done = now(job).done
        # The counter equals the number of changed rooms.
        assert (done % CHUNK, changed()) == (0, done)
        let_the_lease_run_out(job)
        nursery.start()
        eventually(lambda: now(job).state == JobState.DONE)

    assert changed() == len(made)
    # A second change of a room would add a second row.
    assert RoomChange.objects.filter(bulk_id=job.pk).count() == len(made)
