"""Jobs for many rooms: continued by any worker after a kill, and applied once."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from rooms.bulk.engine import CHUNK, Mode
from rooms.changes import change_room
from rooms.jobs import run
from rooms.jobs.run import begin_job, steps, work, work_on_due
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.models.job import (
    LEASE,
    MOST_ATTEMPTS,
    Job,
    JobKind,
    JobRow,
    JobState,
    LeaseLost,
    Phase,
    delete_old_jobs,
)
from tests.factories import TESTS, ProjectFactory, StaffFactory
from tests.support.html import markup_of
from tests.support.processes import eventually
from tests.support.worker_pool import Nursery

pytestmark = pytest.mark.django_db

MANY = 2 * CHUNK + 30
CHANGE = {"set": {"max_members": 9}}


@pytest.fixture
def rooms(db):
    project = ProjectFactory()
    names = [f"many-{number:04}" for number in range(MANY)]
    return Room.objects.bulk_create(Room(project=project, name=n, display_name=n) for n in names)


@pytest.fixture
def job(rooms):
    """A job that changes all of the rooms and waits for a worker."""
    return a_job([room.pk for room in rooms])


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


class TestPages:
    @pytest.fixture
    def mine(self, client, job):
        client.force_login(job.owner)
        return f"/jobs/{job.pk}"

    def test_page_shows_the_stored_progress(self, client, mine, job):
        next(steps(Job.claim()))

        text = markup_of(client.get(mine))

        assert f"{CHUNK} of {MANY}" in text
        assert f'<progress aria-label="Checking each room" value="{CHUNK}" max="{MANY}">' in text
        # The page reloads itself where scripts are off.
        assert '<noscript><meta http-equiv="refresh"' in text

    def test_unchanged_progress_is_answered_304(self, client, mine, job):
        going = steps(Job.claim())
        next(going)
        first = client.get(f"{mine}/progress")

        again = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        next(going)
        later = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})

        assert later.status_code == 200
        assert f"{2 * CHUNK} of {MANY}" in later.content.decode()

    def test_page_is_reloaded_when_the_job_ends(self, client, mine, job):
        previewed(job)

        assert client.get(f"{mine}/progress").headers["HX-Refresh"] == "true"
        assert ">Apply to all 530 rooms<" in markup_of(client.get(mine))

    def test_missing_worker_is_reported(self, client, mine, job):
        Job.objects.update(heartbeat=timezone.now() - LEASE)

        assert "No worker has continued this" in client.get(mine).content.decode()

    def test_stop_and_restart_buttons_work(self, client, mine, job):
        assert client.post(f"{mine}/stop").status_code == 302
        assert now(job).stop_asked
        Job.objects.update(state=JobState.FAILED)
        client.post(f"{mine}/again")

        assert now(job).state == JobState.WAITING

    def test_other_pages_report_the_end_once(self, client, mine, job):
        session = client.session
        session["job"] = str(job.pk)
        session.save()
        notice = f"{mine}/notice"
        assert notice in client.get("/jobs").content.decode()
        assert f"0 of {MANY}" in client.get(notice).content.decode()

        work(applying(job, "valid"))
        told = client.get(notice)

        assert (told.status_code, f"Done: {MANY} changed" in told.content.decode()) == (286, True)
        assert notice not in client.get("/jobs").content.decode()

    def test_results_are_paginated(self, client, mine, job):
        previewed(job)

        first = client.get(mine).context["page"]
        (section,) = first.sections()
        assert (section.count, len(section.rows)) == (MANY, 50)
        (second,) = client.get(f"{mine}?after={section.after}").context["page"].sections()

        assert second.rows[0].name == "many-0050"

    @pytest.mark.parametrize("query", ["after=x", "after=-1", f"after={'9' * 50}", "only=x"])
    def test_invalid_query_shows_the_first_page(self, client, mine, job, query):
        previewed(job)

        (section,) = client.get(f"{mine}?{query}").context["page"].sections()

        assert section.rows[0].name == "many-0000"

    def test_result_can_be_downloaded_as_csv(self, client, mine, job):
        previewed(job)

        lines = b"".join(client.get(f"{mine}/rooms.csv").streaming_content).decode().splitlines()

        assert lines[0] == "\ufeffline,id,name,outcome,field,before,after,why"
        assert len(lines) == MANY + 1
        assert lines[1].endswith(",many-0000,changed,max_members,20,9,")

    def test_list_shows_the_job(self, client, mine, job):
        assert f"Edit {MANY} rooms" in client.get("/jobs").content.decode()


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


def let_the_lease_run_out(job):
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - 2 * LEASE)


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
