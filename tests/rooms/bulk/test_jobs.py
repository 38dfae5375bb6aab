"""Long work on many rooms: taken up by whoever is there, killed anywhere, done once."""

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
    forget_old,
)
from tests.factories import TESTS, ProjectFactory, StaffFactory
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
    """A job that changes all of the rooms, and that nobody has taken up."""
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
    def test_a_preview_counts_its_rooms_as_it_goes(self, job):
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

    def test_the_valid_are_kept_as_they_are_counted(self, job):
        going = steps(applying(job, "valid"))

        next(going)
        assert (now(job).done, now(job).result_counts, changed()) == (
            CHUNK,
            {"changed": CHUNK},
            CHUNK,
        )
        next(going)
        assert (now(job).done, changed()) == (2 * CHUNK, 2 * CHUNK)

    def test_all_or_nothing_is_checked_first_and_then_written_at_once(self, job):
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

    def test_one_refused_in_the_check_keeps_all_unwritten(self, job, rooms):
        taken = applying(job, "all")
        change_room(Room.objects, rooms[-1].pk, {"max_members": 5}, by=TESTS)

        work(taken)

        assert (now(job).state, now(job).is_applied, changed()) == (JobState.DONE, False, 0)
        assert now(job).result_counts == {"refused": 1}
        assert not RoomChange.objects.filter(bulk_id=job.pk).exists()

    def test_one_who_is_quicker_than_the_writing_is_found_out(self, job, rooms):
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

    def test_statements_are_few_for_each_portion(self, job, django_assert_max_num_queries):
        taken = applying(job, "valid")

        # Some for each of three portions, none for each room.
        with django_assert_max_num_queries(70):
            work(taken)

        assert changed() == MANY


class TestTakingUp:
    def test_a_job_is_taken_up_once(self, job):
        assert Job.claim().pk == job.pk
        assert Job.claim() is None

    def test_one_that_has_lost_its_worker_is_taken_up_where_it_was(self, job):
        dead = steps(applying(job, "valid"))
        next(dead)
        let_the_lease_run_out(job)

        second = Job.claim()
        work(second)

        assert (now(job).state, changed()) == (JobState.DONE, MANY)
        assert now(job).result_counts == {"changed": MANY}
        # Each room once: no room has a second change of this job.
        assert RoomChange.objects.filter(bulk_id=job.pk).count() == MANY

    def test_a_worker_that_only_seemed_dead_writes_nothing_more(self, job):
        slow = steps(applying(job, "valid"))
        next(slow)
        let_the_lease_run_out(job)
        second = Job.claim()

        assert list(slow) == []
        assert changed() == CHUNK
        work(second)
        assert RoomChange.objects.filter(bulk_id=job.pk).count() == MANY

    def test_progress_is_refused_to_whoever_lost_the_job(self, job):
        first = Job.claim()
        let_the_lease_run_out(job)
        Job.claim()

        with pytest.raises(LeaseLost):
            first.keep(done=5)

        assert now(job).done == 0

    def test_what_ends_its_workers_is_given_up(self, job):
        for _ in range(MOST_ATTEMPTS):
            assert Job.claim().state == JobState.WORKING
            let_the_lease_run_out(job)

        assert Job.claim().state == JobState.FAILED
        assert Job.claim() is None

    def test_given_up_it_can_be_taken_up_again(self, job):
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, attempts=9)

        assert now(job).take_up_again()

        assert previewed(job).state == JobState.READY

    def test_a_worker_does_what_is_due_turn_by_turn(self, job, monkeypatch):
        monkeypatch.setattr(run, "TURN", timedelta(0))

        turns = 0
        while work_on_due(timezone.now()):
            turns += 1

        assert turns == 4
        assert now(job).state == JobState.READY

    def test_nothing_due_is_nothing_done(self, db):
        assert work_on_due(timezone.now()) == 0

    def test_a_short_one_is_done_at_once_and_a_long_one_is_not(self, job, rooms):
        short = a_job([room.pk for room in rooms[:3]])

        begin_job(short)
        begin_job(job)

        assert (now(short).state, now(job).state) == (JobState.READY, JobState.WAITING)


class TestStopping:
    def test_it_stops_between_two_portions_and_keeps_what_is_done(self, job):
        going = steps(applying(job, "valid"))
        next(going)

        assert now(job).stop()
        list(going)

        stopped = now(job)
        assert (stopped.state, stopped.is_applied, changed()) == (JobState.CANCELLED, True, CHUNK)

    def test_a_waiting_one_is_stopped_before_it_begins(self, job):
        now(job).stop()

        assert previewed(job).state == JobState.CANCELLED
        assert not now(job).is_applied

    def test_writing_is_not_stopped(self, job):
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

    def test_how_far_it_is_survives_a_reload(self, client, mine, job):
        next(steps(Job.claim()))

        text = client.get(mine).content.decode()

        assert f"{CHUNK} of {MANY}" in text
        assert f'<progress aria-label="Trying each room" value="{CHUNK}" max="{MANY}">' in text
        # Without scripts the page asks again by itself.
        assert '<noscript><meta http-equiv="refresh"' in text

    def test_unchanged_progress_is_not_sent_again(self, client, mine, job):
        going = steps(Job.claim())
        next(going)
        first = client.get(f"{mine}/progress")

        again = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        next(going)
        later = client.get(f"{mine}/progress", headers={"If-None-Match": first.headers["ETag"]})

        assert later.status_code == 200
        assert f"{2 * CHUNK} of {MANY}" in later.content.decode()

    def test_an_end_draws_the_page_anew(self, client, mine, job):
        previewed(job)

        assert client.get(f"{mine}/progress").headers["HX-Refresh"] == "true"
        assert "Change all 530 rooms, or none" in client.get(mine).content.decode()

    def test_nobody_at_work_is_said(self, client, mine, job):
        Job.objects.update(heartbeat=timezone.now() - LEASE)

        assert "No worker has taken this up" in client.get(mine).content.decode()

    def test_stop_and_again_are_buttons(self, client, mine, job):
        assert client.post(f"{mine}/stop").status_code == 302
        assert now(job).stop_asked
        Job.objects.update(state=JobState.FAILED)
        client.post(f"{mine}/again")

        assert now(job).state == JobState.WAITING

    def test_other_pages_tell_of_its_end_once(self, client, mine, job):
        session = client.session
        session["job"] = str(job.pk)
        session.save()
        notice = f"{mine}/notice"
        assert notice in client.get("/jobs").content.decode()
        assert f"0 of {MANY}" in client.get(notice).content.decode()

        work(applying(job, "valid"))
        told = client.get(notice)

        assert (told.status_code, f"done: {MANY} changed" in told.content.decode()) == (286, True)
        assert notice not in client.get("/jobs").content.decode()

    def test_thousands_are_paged_through(self, client, mine, job):
        previewed(job)

        first = client.get(mine).context["page"]
        (section,) = first.sections()
        assert (section.count, len(section.rows)) == (MANY, 50)
        (second,) = client.get(f"{mine}?after={section.after}").context["page"].sections()

        assert second.rows[0].name == "many-0050"

    @pytest.mark.parametrize("query", ["after=x", "after=-1", f"after={'9' * 50}", "only=x"])
    def test_an_odd_query_is_the_first_page(self, client, mine, job, query):
        previewed(job)

        (section,) = client.get(f"{mine}?{query}").context["page"].sections()

        assert section.rows[0].name == "many-0000"

    def test_all_of_it_is_a_file(self, client, mine, job):
        previewed(job)

        lines = b"".join(client.get(f"{mine}/rooms.csv").streaming_content).decode().splitlines()

        assert lines[0] == "\ufeffline,id,name,outcome,field,before,after,why"
        assert len(lines) == MANY + 1
        assert lines[1].endswith(",many-0000,changed,max_members,20,9,")

    def test_the_list_names_them_all(self, client, mine, job):
        assert f"Change {MANY} rooms" in client.get("/jobs").content.decode()


def test_old_ones_are_forgotten_with_their_rooms(job):
    later = timezone.now() + timedelta(days=8)
    forget_old(later)
    assert Job.objects.count() == 1

    previewed(job)
    forget_old(later)

    assert (Job.objects.count(), JobRow.objects.count()) == (0, 0)


def test_the_mode_of_an_applied_job_is_on_record(job):
    applying(job, Mode.VALID.value)

    assert json.dumps(now(job).mode) == '"valid"'


def let_the_lease_run_out(job):
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - 2 * LEASE)


def test_a_killed_worker_leaves_nothing_half_done_and_nothing_is_done_twice(
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
        # What is counted is what is changed, to the room.
        assert (done % CHUNK, changed()) == (0, done)
        let_the_lease_run_out(job)
        nursery.start()
        eventually(lambda: now(job).state == JobState.DONE)

    assert changed() == len(made)
    # Once each: a second change of a room would be a second row here.
    assert RoomChange.objects.filter(bulk_id=job.pk).count() == len(made)
