"""./run manage prune: one command deletes what is no longer needed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from access.database.batches import delete_in_batches
from access.models import (
    FailureCount,
    IdempotentCall,
    RequestCount,
    SignInRecord,
    StaffSession,
    WebhookEvent,
)
from rooms.models.history import RoomChange
from rooms.models.job import Job
from sessions.models import Member, RoomSession, SessionEvent, WorkerProcess
from sessions.worker.pruning import PRUNED
from sessions.worker.runner import DUTIES
from tests.factories import (
    EventFactory,
    MemberFactory,
    RecordingFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
)
from tests.support.server import ROOT

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)
BY_STAFF = "staff make each row by hand"
# The models of tables that neither strangers nor clients make grow for ever, with the reasons.
BOUNDED = {
    "access.ApiToken": BY_STAFF,
    "access.Project": BY_STAFF,
    "access.StaffLimit": "one for each user",
    "access.StaffLimit_projects": BY_STAFF,
    "access.WebhookEndpoint": "at most 20 for each project",
    "room_sessions.Preview": "one for each live session; a worker deletes the others",
    "admin.LogEntry": "the record of changes by staff, one for each",
    "auth.Group": BY_STAFF,
    "auth.Group_permissions": "one for each permission of a group",
    "auth.Permission": "made by migrations",
    "auth.User": BY_STAFF,
    "auth.User_groups": "one for each group of a user",
    "auth.User_user_permissions": "one for each permission of a user",
    "contenttypes.ContentType": "made by migrations",
    "room_sessions.MediaRoom": "one for each session that the media server knows",
    "room_sessions.MediaSeat": "one for each member that the media server knows",
    "rooms.Room": "the organisation's own data; rooms of tokens are deleted after their session",
    "rooms.RoomChange": "the organisation's own record; prune_history deletes it",
    "rooms.SavedView": "at most 30 for each user",
}


def make_rows(at):
    """Make one row of each kind that grows with use."""
    rows = [
        IdempotentCall(project_id=uuid4(), key=str(at), digest="d", started_at=at),
        Session(session_key=f"{at:%Y%m%d}", session_data="", expire_date=at),
        StaffSession(session_key=f"{at:%Y%m%d}", session_data="", expire_date=at),
        SignInRecord(username="u", address="127.0.0.1", network="127.0.0.1", outcome="refused"),
        WebhookEvent(message_id=uuid4(), key=uuid4(), type="room.created", body="{}"),
        Job(owner=StaffFactory(), kind="change", state="done"),
        FailureCount(key=str(at), failures=9, paused_until=at.timestamp()),
        RequestCount(token_id=at.year, requests=9, ends=at.timestamp()),
        WorkerProcess(name="w", beat_at=at),
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


@pytest.fixture
def old_session():
    """A session with a member and an event, which ended 400 days ago."""
    session = SessionFactory(ended=True)
    MemberFactory(session=session, left=True)
    EventFactory(session=session)
    at = timezone.now() - LONG_AGO
    Member.objects.update(join_time=at, leave_time=at)
    RoomSession.objects.update(start_time=at, end_time=at)
    return session


def counts():
    return [model.objects.count() for model in (RoomSession, Member, SessionEvent)]


def test_prune_keeps_room_sessions_without_a_setting(old_session):
    before = counts()
    call_command("prune")

    assert counts() == before


def test_prune_deletes_room_sessions_after_the_days_of_the_setting(settings, old_session):
    settings.SESSION_DAYS = 399
    before = counts()
    SessionFactory(ended=True)
    call_command("prune")
    assert counts() == [1, 0, 0]
    assert before[0] == 1


def test_prune_keeps_the_session_of_a_blocked_member(settings, old_session):
    settings.SESSION_DAYS = 1
    Member.objects.update(blocked_at=timezone.now() - LONG_AGO)
    before = counts()
    call_command("prune")

    assert counts() == before


@pytest.mark.parametrize("is_removed", [False, True])
def test_prune_waits_until_a_mixer_has_removed_the_files(settings, old_session, is_removed):
    settings.SESSION_DAYS, settings.MIXER = 1, True
    RecordingFactory(
        session=old_session,
        state="deleted",
        former_state="raw",
        finished_at=old_session.start_time,
        deleted_at=timezone.now(),
        files_removed_at=timezone.now() if is_removed else None,
    )
    call_command("prune")

    assert RoomSession.objects.exists() != is_removed


def test_rows_are_deleted_in_batches(django_assert_num_queries):
    at = timezone.now() - LONG_AGO
    for number in range(5):
        Session.objects.create(session_key=str(number), session_data="", expire_date=at)
    with django_assert_num_queries(7):
        assert delete_in_batches(Session.objects.filter(expire_date__lte=at), size=2) == 5


def test_every_model_is_pruned_or_bounded():
    """A new model needs a line in PRUNED, or one in BOUNDED with the reason."""
    pruned = {model._meta.label for pruning in PRUNED.values() for model in pruning.models}
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert not pruned & BOUNDED.keys()
    assert known - pruned == BOUNDED.keys()


def test_page_about_retention_lists_all_that_is_pruned():
    page = (ROOT / "docs/how-to/retention.md").read_text()

    assert [f"| {name} |" in page for name in PRUNED] == [True] * len(PRUNED)


def test_each_worker_prunes_daily():
    assert [duty.do.every for duty in DUTIES if duty.name == "rows pruned"] == [timedelta(days=1)]
