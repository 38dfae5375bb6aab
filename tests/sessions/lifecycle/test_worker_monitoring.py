"""Monitoring of workers: whether they run, and how late they remove members."""

from datetime import timedelta

from django.utils import timezone

from sessions.lifecycle import next_removal
from sessions.models.worker_process import SILENT_AFTER, WorkerProcess
from sessions.worker.monitoring import last_beat, lateness, overdue, workers_at_work
from tests.factories import MemberFactory
from tests.support.lifecycle import NOON, SECOND


def test_next_removal_is_the_earliest_of_members_inside(db):
    assert next_removal() is None
    MemberFactory()
    MemberFactory(leave_by=NOON + SECOND)
    MemberFactory(leave_by=NOON)
    MemberFactory(leave_by=NOON - SECOND, left=True)

    assert next_removal() == NOON


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
