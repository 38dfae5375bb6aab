"""./run manage prune: one command deletes what is no longer needed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from access.models import IdempotentCall, SignInRecord, StaffSession, WebhookEvent
from rooms.models.history import RoomChange
from rooms.models.job import Job
from sessions.worker.pruning import PRUNED
from sessions.worker.runner import DUTIES
from tests.factories import RoomFactory, StaffFactory

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


def make_rows(at):
    """Make one row of each kind that grows with use."""
    rows = [
        IdempotentCall(project_id=uuid4(), key=str(at), digest="d", started_at=at),
        Session(session_key=f"{at:%Y%m%d}", session_data="", expire_date=at),
        StaffSession(session_key=f"{at:%Y%m%d}", session_data="", expire_date=at),
        SignInRecord(username="u", address="127.0.0.1", network="127.0.0.1", outcome="refused"),
        WebhookEvent(message_id=uuid4(), key=uuid4(), type="room.created", body="{}"),
        Job(owner=StaffFactory(), kind="change", state="done"),
    ]
    for row in rows:
        row.save()
    SignInRecord.objects.filter(pk=rows[3].pk).update(at=at)
    WebhookEvent.objects.filter(pk=rows[4].pk).update(created_at=at)
    Job.objects.filter(pk=rows[5].pk).update(created_at=at)
    return rows


def test_prune_deletes_old_rows_of_each_kind_and_keeps_new_ones(capsys):
    old = make_rows(timezone.now() - LONG_AGO)
    new = make_rows(timezone.now() + timedelta(seconds=60))

    call_command("prune")

    assert [type(row).objects.filter(pk=row.pk).exists() for row in old] == [False] * len(old)
    assert [type(row).objects.filter(pk=row.pk).exists() for row in new] == [True] * len(new)
    assert len(capsys.readouterr().out.splitlines()) == len(PRUNED)


def test_prune_keeps_the_history():
    RoomFactory()
    RoomChange.objects.update(at=timezone.now() - LONG_AGO)
    count = RoomChange.objects.count()

    call_command("prune")

    assert RoomChange.objects.count() == count


def test_each_worker_prunes_daily():
    assert [duty.do.every for duty in DUTIES if duty.name == "rows pruned"] == [timedelta(days=1)]
