"""A job proceeds in portions, and is stored with its rows and its mode."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.bulk.engine import CHUNK, Mode
from rooms.changes import change_room
from rooms.jobs.run import steps, work
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import Job, JobState, Phase, delete_old_jobs
from rooms.models.job_row import JobRow
from tests.factories import TESTS
from tests.support.jobs import MANY, applying, changed, now, previewed

pytestmark = pytest.mark.django_db


class TestProgress:
    def test_preview_stores_its_counts_after_each_chunk(self, job):
        going = steps(Job.claim())

        told = [
            (now(job).done, dict(now(job).preview_counts))
            for _ in zip(range(3), going, strict=False)
        ]

        assert told == [
            (CHUNK, {"changed": CHUNK}),
            (2 * CHUNK, {"changed": 2 * CHUNK}),
            (MANY, {"changed": MANY}),
        ]
        assert list(going) == [None]
        assert (now(job).state, changed()) == (JobState.READY, 0)

    def test_mode_valid_writes_and_counts_chunk_by_chunk(self, job):
        going = steps(applying(job, "valid"))

        next(going)
        assert (now(job).done, now(job).result_counts, changed()) == (
            CHUNK,
            {"changed": CHUNK},
            CHUNK,
        )
        next(going)
        assert (now(job).done, changed()) == (2 * CHUNK, 2 * CHUNK)

    def test_all_or_nothing_checks_first_and_writes_at_once(self, job):
        going = steps(applying(job, "all"))

        phases = [(now(job).phase, now(job).done, changed()) for _ in going]

        assert phases == [
            (Phase.CHECK, CHUNK, 0),
            (Phase.CHECK, 2 * CHUNK, 0),
            (Phase.CHECK, MANY, 0),
            (Phase.WRITE, 0, 0),
            (Phase.WRITE, MANY, MANY),
        ]
        assert (now(job).state, now(job).is_applied) == (JobState.DONE, True)

    def test_one_refusal_in_the_check_prevents_all_writes(self, job, rooms):
        taken = applying(job, "all")
        change_room(Room.objects, rooms[-1].pk, {"max_members": 5}, by=TESTS)

        work(taken)

        assert (now(job).state, now(job).is_applied, changed()) == (JobState.DONE, False, 0)
        assert now(job).result_counts == {"refused": 1}
        assert not RoomChange.objects.filter(bulk_id=job.pk).exists()

    def test_change_between_check_and_write_is_detected(self, job, rooms):
        going = steps(applying(job, "all"))
        while now(job).phase != Phase.WRITE:
            next(going)
        change_room(Room.objects, rooms[-1].pk, {"max_members": 5}, by=TESTS)

        next(going)
        assert (now(job).phase, changed()) == (Phase.CHECK, 0)
        list(going)

        assert (now(job).state, now(job).result_counts, changed()) == (
            JobState.DONE,
            {"refused": 1},
            0,
        )
        assert set(JobRow.objects.exclude(result="").values_list("result")) == {("refused",)}

    def test_number_of_statements_depends_on_portions_only(
        self, job, django_assert_max_num_queries
    ):
        taken = applying(job, "valid")

        # A few statements for each of three portions, and none for each room.
        with django_assert_max_num_queries(70):
            work(taken)

        assert changed() == MANY


def test_old_jobs_are_deleted_with_their_rows(job):
    later = timezone.now() + timedelta(days=8)
    delete_old_jobs(later)
    assert Job.objects.count() == 1

    previewed(job)
    delete_old_jobs(later)

    assert (Job.objects.count(), JobRow.objects.count()) == (0, 0)


def test_mode_of_an_applied_job_is_stored(job):
    applying(job, Mode.VALID.value)

    assert json.dumps(now(job).mode) == '"valid"'
