import json
import re
import subprocess

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.utils import timezone

from access.models import ApiToken, Project
from rooms.models import Room, RoomStatus
from rooms.models.forecast import forecasts
from rooms.models.history import RoomChange
from sessions.lifecycle import end_empty, remove_due
from sessions.models import Member, RoomSession
from tests.factories import ProjectFactory, StaffFactory

pytestmark = pytest.mark.django_db


def run(capsys):
    call_command("demo")
    return capsys.readouterr().out


def test_demo_has_rooms_in_every_state_of_the_schedule(capsys):
    run(capsys)

    now = timezone.now()
    rooms = Room.objects.with_active_session()
    assert 28 <= rooms.count() <= 35
    assert {one.status for one in forecasts(rooms, now)} == set(RoomStatus)
    assert Room.objects.live().count() == 4
    assert RoomSession.objects.exclude(end_time=None).count() == 60
    assert not RoomSession.objects.filter(end_time__gt=now).exists()
    # Every member was admitted by the policy.
    live = [room for room in rooms if room.active_session]
    assert {room.status(now) for room in live} == {RoomStatus.OPEN}
    assert len({room.layout for room in rooms}) > 8
    assert any(not room.display_name.isascii() for room in rooms)
    assert any("\n" in (room.description or "") for room in rooms)
    for session in RoomSession.objects.all():
        session.full_clean()


def test_demo_sessions_have_past_and_present_members(capsys):
    run(capsys)

    now = timezone.now()
    inside = Member.objects.filter(leave_time=None)
    assert inside.values("session").distinct().count() == 4
    assert inside.filter(session__end_time__isnull=False).count() == 0
    assert Member.objects.values("session").distinct().count() == 64
    for session in RoomSession.objects.all():
        _check_people(session, now)
    # One session is full, so that this can be seen too.
    assert any(s.members.filter(leave_time=None).count() == s.max_members for s in _live())


def _live():
    return RoomSession.objects.filter(end_time=None)


def _check_people(session, now):
    end = session.end_time or now
    for member in session.members.all():
        assert session.start_time <= member.join_time <= (member.leave_time or end) <= end
        assert member.leave_by == member.policy(session).leave_by(member.join_time)
        # No member is due for removal when the demo is opened.
        assert member.leave_by is None or member.leave_by > (member.leave_time or now)
    inside = most = 0
    for event in session.events.order_by("pk"):
        inside += {"member.joined": 1, "member.left": -1}.get(event.type, 0)
        most = max(most, inside)
    assert inside == session.members.filter(leave_time=None).count()
    assert 0 < most <= session.max_members
    types = list(session.events.order_by("pk").values_list("type", flat=True))
    assert types[:2] == ["room.started", "member.joined"]
    assert (types[-1] == "room.ended") == (session.end_time is not None)


def test_worker_has_nothing_to_do_in_a_new_demo(capsys):
    run(capsys)

    now = timezone.now()
    assert remove_due(now) == 0
    assert end_empty(now) == 0


def test_demo_history_has_several_authors(capsys):
    run(capsys)

    changed = RoomChange.objects.filter(action="changed")
    assert changed.count() >= 8
    assert changed.values("author_name").distinct().count() == 3
    assert all(change.changes for change in changed)


def test_password_and_token_work_and_are_printed_once(capsys):
    out = run(capsys)

    password = re.search(r"Password +(\S+)", out)[1]
    secret = re.search(r"API token +(\S+)", out)[1]
    assert authenticate(username="staff", password=password).is_superuser
    assert ApiToken.find(secret).is_valid(timezone.now())
    assert len(out.splitlines()) < 20

    again = run(capsys)

    assert password not in again
    assert secret not in again


def test_second_run_keeps_the_data_and_reports_it(capsys):
    run(capsys)
    room = Room.objects.last()
    counts = [model.objects.count() for model in (Room, RoomSession, RoomChange, ApiToken)]

    out = run(capsys)

    assert [m.objects.count() for m in (Room, RoomSession, RoomChange, ApiToken)] == counts
    assert Room.objects.last().version == room.version
    assert "The database already contains data: 32 rooms." in out
    assert "./run manage changepassword staff" in out
    assert './run manage create_token --project "Northwind Hospital" --scope video' in out
    assert len(out.splitlines()) < 20


def test_database_with_other_data_is_not_changed(capsys):
    project = ProjectFactory()

    out = run(capsys)

    assert Project.objects.get() == project
    assert "./run manage createsuperuser" in out
    assert "changepassword" not in out


def test_production_gets_no_demo_but_the_way_to_sign_in(capsys):
    call_command("demo", "--none")

    out = capsys.readouterr().out
    assert not Project.objects.exists()
    assert not get_user_model().objects.exists()
    assert "The database has no projects." in out
    assert "./run manage createsuperuser" in out
    assert './run manage create_token --project "NAME"' in out


def test_existing_staff_user_keeps_the_password(capsys):
    staff = StaffFactory(username="staff")

    out = run(capsys)

    assert "it already exists" in out
    password = staff.password
    staff.refresh_from_db()
    assert staff.password == password


@pytest.mark.parametrize(
    ("host", "https", "url"),
    [
        ("0.0.0.0", False, "http://127.0.0.1:8123/"),  # noqa: S104
        ("::1", False, "http://[::1]:8123/"),
        ("::", False, "http://[::1]:8123/"),
        ("rooms.example.org", True, "https://rooms.example.org:8123/"),
    ],
)
def test_printed_urls_are_the_served_ones(capsys, settings, host, https, url):
    settings.HOST, settings.PORT, settings.HTTPS = host, 8123, https

    assert f"Staff pages         {url}\n" in run(capsys)


def test_printed_curl_command_works(greenroom, capsys, settings):
    settings.HOST, settings.PORT = greenroom.host, greenroom.port
    out = run(capsys)

    done = subprocess.run(
        ["bash", "-c", out[out.index("curl") :]], capture_output=True, check=True, text=True
    )

    room = Room.objects.get(pk=json.loads(done.stdout)["id"])
    assert (room.max_members, room.version) == (25, 2)
