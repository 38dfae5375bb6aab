"""Users stop jobs."""

import pytest

from rooms.bulk.engine import CHUNK
from rooms.jobs.run import steps
from rooms.models.job import JobState, Phase
from tests.support.jobs import MANY, applying, changed, now, previewed

pytestmark = pytest.mark.django_db


class TestStopping:
    def test_stop_takes_effect_between_two_portions_and_keeps_the_done_ones(self, job):
        going = steps(applying(job, "valid"))
        next(going)

        assert now(job).stop()
        list(going)

        stopped = now(job)
        assert (stopped.state, stopped.is_applied, changed()) == (JobState.CANCELLED, True, CHUNK)

    def test_waiting_job_can_be_stopped(self, job):
        now(job).stop()

        assert previewed(job).state == JobState.CANCELLED
        assert not now(job).is_applied

    def test_writing_phase_cannot_be_stopped(self, job):
        going = steps(applying(job, "all"))
        while now(job).phase != Phase.WRITE:
            next(going)

        assert not now(job).stop()
        list(going)

        assert changed() == MANY
