"""The worker: timely removals, shared work, a clean stop, and monitoring."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from rooms.models import Room
from sessions.lifecycle import admit, next_removal
from sessions.models import Member, RoomSession, SessionEvent
from sessions.models.worker_process import SILENT_AFTER, WorkerProcess
from sessions.tokens.room_tokens import Claims
from sessions.worker.monitoring import last_beat, lateness, overdue, workers_at_work
from tests.factories import TESTS, MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.postgres import cluster
from tests.support.processes import accepts_connections, children, end, eventually, free_port
from tests.support.server import ROOT, clean, manage
from tests.support.worker_pool import Nursery

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def nursery(server_env, transactional_db):
    with Nursery(server_env) as nursery:
        yield nursery


def many_due(sessions, each):
    """Create due members in several sessions with few statements."""
    due = timezone.now() - SECOND
    project = ProjectFactory()
    names = [f"room-{number}" for number in range(sessions)]
    rooms = Room.objects.bulk_create(
        Room(project=project, name=name, display_name=name) for name in names
    )
    live = RoomSession.objects.bulk_create(RoomSession.of(room, due) for room in rooms)
    Member.objects.bulk_create(
        MemberFactory.build(session=session, join_time=due, leave_by=due)
        for session in live
        for _ in range(each)
    )


def left_once():
    """Check that all members left with one event each; return True."""
    told = SessionEvent.objects.filter(type="member.left").values_list("payload", flat=True)
    ids = [event["member"]["id"] for event in told]
    assert not Member.objects.filter(leave_time=None).exists()
    assert sorted(ids) == sorted(map(str, Member.objects.values_list("pk", flat=True)))
    return True


# --- removals


def test_due_members_are_removed_and_empty_sessions_ended(nursery):
    room = RoomFactory(remove_after_seconds_elapsed=1)
    member = admit(Claims(room.project_id, room.name), by=TESTS).member
    waited = SessionFactory(empty_since=timezone.now() - timedelta(hours=1))

    pid = nursery.start()
    eventually(lambda: Member.objects.filter(leave_time__isnull=False).exists())
    eventually(lambda: RoomSession.objects.filter(pk=waited.pk, status="completed").exists())
    assert nursery.end(pid) == 0

    member.refresh_from_db()
    assert member.leave_reason == "remove_after_seconds_elapsed"
    assert member.leave_time >= member.leave_by


def test_setting_can_change_until_the_last_second(nursery):
    later = timezone.now() + timedelta(hours=1)
    member, other = MemberFactory(leave_by=later), MemberFactory(leave_by=later)
    pid = nursery.start()
    eventually(lambda: workers_at_work(timezone.now()).exists())

    # The worker sleeps until the time it knew, but never longer than a second.
    Member.objects.filter(pk=member.pk).update(leave_by=timezone.now())

    eventually(lambda: Member.objects.filter(pk=member.pk, leave_time__isnull=False).exists())
    nursery.end(pid)
    other.refresh_from_db()
    assert other.leave_time is None


def test_several_workers_share_the_work(nursery):
    many_due(sessions=60, each=3)

    pids = [nursery.start(portion=2) for _ in range(3)]
    eventually(lambda: not Member.objects.filter(leave_time=None).exists())

    assert [nursery.end(pid) for pid in pids] == [0, 0, 0]
    assert left_once()
    assert WorkerProcess.objects.count() == 3


def test_next_removal_is_the_earliest_of_members_inside(db):
    assert next_removal() is None
    MemberFactory()
    MemberFactory(leave_by=NOON + SECOND)
    MemberFactory(leave_by=NOON)
    MemberFactory(leave_by=NOON - SECOND, left=True)

    assert next_removal() == NOON


# --- kills

KILLS, SESSIONS, EACH = 50, 500, 4


@pytest.mark.long
def test_killed_worker_removes_each_member_once(nursery, capsys):
    many_due(SESSIONS, EACH)
    out = Member.objects.filter(leave_time__isnull=False)
    enough = SESSIONS * EACH * 3 // 4 // KILLS

    for kill in range(1, KILLS + 1):
        # Small portions give more points for an interruption.
        pid = nursery.start(portion=2)
        eventually(lambda kill=kill: out.count() >= kill * enough)
        nursery.kill(pid)
    assert out.count() < SESSIONS * EACH
    pid = nursery.start()
    eventually(lambda: out.count() == SESSIONS * EACH)
    assert nursery.end(pid) == 0

    assert left_once()
    # A killed worker stores no end; only the last one ended itself.
    assert WorkerProcess.objects.filter(ended_at__isnull=False).count() == 1
    late = lateness(last=SESSIONS * EACH)
    assert late.count == SESSIONS * EACH
    with capsys.disabled():
        print(
            f"\n{KILLS} kills amid {late.count} removals that were due at once: "
            f"lateness p50 {late.p50.total_seconds():.2f} s, p99 {late.p99.total_seconds():.2f} s"
        )


# --- stopping


def spawn(env, *arguments):
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=clean(env))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_stops_on_sigterm_and_records_it(server_env, transactional_db, number):
    worker = spawn(server_env, "manage.py", "worker")
    eventually(lambda: workers_at_work(timezone.now()).exists())

    assert end(worker, polite=number) == 0

    assert WorkerProcess.objects.get().ended_at is not None
    assert not workers_at_work(timezone.now()).exists()


def test_exception_in_a_duty_stops_the_worker_with_a_traceback(server_env, transactional_db):
    died = subprocess.run(
        [sys.executable, "-c", DYING],
        cwd=ROOT,
        env=clean({**server_env, "DJANGO_SETTINGS_MODULE": "config.settings"}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert died.returncode == 1
    assert "ZeroDivisionError" in died.stderr


DYING = """
import django
django.setup()
from sessions.worker.runner import DUTIES, Duty, Worker
Worker([*DUTIES, Duty("dies", lambda now: 1 // 0)]).run()
"""


@pytest.mark.own_database
def test_worker_waits_for_a_database_that_is_away():
    with cluster() as database:
        env = {"DATABASE_URL": database.url, "SECRET_KEY": "k" * 50}
        env["GREENROOM_DATA"] = str(settings.DATA_DIR)
        manage(env, "migrate", "--verbosity", "0")
        worker = spawn(env, "manage.py", "worker")
        try:
            eventually(lambda: _beat(env) != "None")
            database.restart()
            before = _beat(env)
            eventually(lambda: _beat(env) != before)
        finally:
            code = end(worker)
    assert code == 0


def _beat(env):
    code = "from sessions.worker.monitoring import last_beat; print(last_beat())"
    return manage(env, "shell", "--no-imports", "-c", code).strip()


# --- worker beside the server


@pytest.fixture
def together(server_env, transactional_db):
    """Start the server and its worker as ./run does; return the process."""
    started = []

    def start():
        port = free_port()
        env = {**server_env, "HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1"}
        started.append(spawn(env, "-m", "config.server.supervisor"))
        eventually(lambda: accepts_connections(port))
        eventually(lambda: WorkerProcess.objects.filter(ended_at=None).exists())
        return started[-1]

    yield start
    for process in started:
        end(process)


def worker_pids():
    return [
        int(name.rpartition(":")[2])
        for name in WorkerProcess.objects.values_list("name", flat=True)
    ]


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_stop_together(together, number):
    process = together()

    code = end(process, polite=number)

    assert code == 0
    assert WorkerProcess.objects.get().ended_at is not None


def test_repeated_signals_change_nothing(together):
    process = together()
    beside = children(process.pid)

    process.terminate()
    # A terminal signals all processes, and an operator may signal the remaining ones.
    while process.poll() is None:
        for child in beside:
            # The process may have ended already.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    assert process.returncode == 0
    assert WorkerProcess.objects.get().ended_at is not None


def test_killed_worker_is_started_again(together):
    together()
    (first,) = worker_pids()

    os.kill(first, signal.SIGKILL)

    eventually(lambda: len(worker_pids()) == 2)


def test_worker_stops_when_its_server_is_gone(together):
    process = together()
    beside = children(process.pid)

    process.kill()
    process.wait()

    (pid,) = worker_pids()
    eventually(lambda: not is_running(pid))
    for child in beside:
        if is_running(child):
            os.kill(child, signal.SIGTERM)


# --- monitoring


def test_lateness_is_reported_as_percentiles(db):
    assert lateness() is None
    for late in range(200):
        MemberFactory(
            join_time=NOON - SECOND,
            leave_by=NOON,
            leave_time=NOON + late * SECOND,
            leave_reason="remove_at",
        )
    MemberFactory(
        leave_by=NOON, leave_time=NOON + timedelta(days=9), leave_reason="left", join_time=NOON
    )

    late = lateness()
    assert (late.count, late.p50, late.p99, late.most) == (
        200,
        99 * SECOND,
        197 * SECOND,
        199 * SECOND,
    )
    # The newest removal is the latest one here.
    assert lateness(last=1).p50 == 199 * SECOND


def test_worker_counts_as_running_until_it_ends_or_stops_reporting(db):
    now = timezone.now()
    assert last_beat() is None
    WorkerProcess.objects.create(name="silent", beat_at=now - SILENT_AFTER)
    WorkerProcess.objects.create(name="ended", beat_at=now, ended_at=now)
    assert not workers_at_work(now).exists()

    WorkerProcess.objects.create(name="there", beat_at=now - SILENT_AFTER + SECOND)

    assert [worker.name for worker in workers_at_work(now)] == ["there"]
    assert last_beat() == now


def test_overdue_members_are_counted(db):
    MemberFactory(leave_by=NOON)
    MemberFactory(leave_by=NOON, left=True)
    MemberFactory(leave_by=NOON + SECOND)
    MemberFactory()

    assert overdue(NOON) == 1
