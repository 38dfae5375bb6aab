"""The worker: timely removals, shared work, and a clean stop."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from rooms.models import Room
from sessions.lifecycle import admit
from sessions.models import Member, RoomSession, SessionEvent
from sessions.models.worker_process import WorkerProcess
from sessions.tokens.room_tokens import Claims
from sessions.worker.monitoring import lateness, workers_at_work
from tests.factories import TESTS, MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.lifecycle import SECOND
from tests.support.postgres import cluster
from tests.support.processes import end, eventually
from tests.support.server import ROOT, clean, manage, spawn
from tests.support.worker_pool import Nursery


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
