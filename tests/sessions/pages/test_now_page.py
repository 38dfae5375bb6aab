from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import StaffLimit
from rooms.changes import change_room
from rooms.models import Room
from sessions.models import LeaveReason
from sessions.models.worker_process import WorkerProcess
from tests.factories import TESTS, MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import log_in
from tests.support.now_page import NOW, after, shown

pytestmark = pytest.mark.django_db


def agenda(context):
    return [
        (str(slot["what"]), one.room.name)
        for day in context["agenda"]
        for slot in day["slots"]
        for one in slot["rooms"]
    ]


def test_live_rooms_are_listed_fullest_first(client):
    log_in(client)
    empty, full = SessionFactory(), SessionFactory()
    MemberFactory.create_batch(3, session=full)
    SessionFactory(ended=True)

    assert [(one.pk, one.inside) for one in shown(client)["live"]] == [
        (full.pk, 3),
        (empty.pk, 0),
    ]


def test_upcoming_events_are_listed_by_time(client):
    log_in(client)
    RoomFactory(name="a", join_from=after(hours=2), join_until=after(hours=3))
    RoomFactory(name="b", remove_at=after(hours=1))
    RoomFactory(name="later", join_from=after(hours=25))
    RoomFactory(name="past", join_until=after(hours=-1))

    assert agenda(shown(client)) == [("removes_everyone", "b"), ("opens", "a"), ("closes", "a")]


def test_members_inside_leave_by_the_sessions_settings(client):
    log_in(client)
    session = SessionFactory(room__name="a", room__remove_at=after(hours=5))
    changed = {"remove_at": after(hours=9)}
    change_room(Room.objects.all(), session.room_id, changed, by=TESTS)

    (day, *_) = shown(client)["agenda"]
    (slot,) = day["slots"]
    assert (slot["at"], slot["rooms"][0].session) == (session.remove_at, session)


def test_day_begins_in_the_local_time_zone(client):
    log_in(client)
    client.cookies["zone"] = "Pacific/Kiritimati"
    RoomFactory(join_from=after(hours=2))

    (day,) = shown(client)["agenda"]
    local = timezone.now() + timedelta(hours=14)
    tomorrow = (local + timedelta(hours=2)).date() > local.date()
    assert day["day"] == ("Tomorrow" if tomorrow else "Today")


def test_missing_workers_are_reported(client):
    log_in(client)
    assert b"No worker is running" in client.get(NOW).content

    worker = WorkerProcess.objects.create(name="here:1")
    assert b"No worker is running" not in client.get(NOW).content

    WorkerProcess.objects.filter(pk=worker.pk).update(beat_at=after(minutes=-5))
    text = client.get(NOW).content.decode()
    assert "No worker is running" in text
    assert "5 min ago" in text


def test_overdue_members_are_counted(client):
    log_in(client)
    session = SessionFactory()
    MemberFactory(session=session, join_time=after(hours=-1), leave_by=after(minutes=-1))
    MemberFactory(session=session, leave_by=after(minutes=1))

    assert b"1 member has stayed past the time limit." in client.get(NOW).content


def test_lateness_of_removals_is_shown(client):
    log_in(client)
    due = after(minutes=-1)
    MemberFactory(
        join_time=after(hours=-1),
        leave_by=due,
        leave_time=due + timedelta(seconds=1.25),
        leave_reason=LeaveReason.REMOVE_AT,
    )

    assert "was 1.2 s late" in client.get(NOW).content.decode()


def test_staff_see_only_their_projects(client):
    person = log_in(client, "rooms.view_room")
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory())
    session = SessionFactory(room__join_until=after(hours=3), room__remove_at=after(hours=2))
    MemberFactory.create_batch(2, session=session)

    context = shown(client)

    assert (context["live"], context["agenda"], context["odd"]) == ([], [], [])


def test_page_needs_the_permission_to_view_rooms(client):
    log_in(client, "room_sessions.view_roomsession")

    assert client.get(NOW).status_code == 403


def test_number_of_queries_does_not_depend_on_the_number_of_rooms(
    client, django_assert_max_num_queries
):
    log_in(client)
    for _ in range(20):
        SessionFactory(room__join_until=after(hours=3), room__remove_at=after(hours=2))

    with django_assert_max_num_queries(16):
        client.get(NOW)


def test_unchanged_part_is_answered_304(client):
    log_in(client)
    first = client.get(NOW, headers={"HX-Request": "true"})

    again = {"HX-Request": "true", "If-None-Match": first.headers["ETag"]}

    assert client.get(NOW, headers=again).status_code == 304
