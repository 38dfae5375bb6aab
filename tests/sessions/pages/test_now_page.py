from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from access.models import StaffLimit
from access.staff.addresses import ANY_ID
from rooms.changes import change_room
from rooms.models import Room
from sessions.models import LeaveReason, RoomSession
from sessions.models.worker_process import WorkerProcess
from sessions.pages.fills import fill_meter, fill_pill
from sessions.pages.overview import ComingRoom
from sessions.pages.strips import Strips
from tests.factories import TESTS, MemberFactory, ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import log_in
from tests.support.now_page import NOW, after, shown

pytestmark = pytest.mark.django_db


def coming(context):
    """Return the events of each strip, in the order of the page."""
    rooms = context["strips"].rooms
    return [(room.display_name, [str(event.what) for event in room.events]) for room in rooms]


def test_live_rooms_are_listed_fullest_first(client):
    log_in(client)
    empty, full = SessionFactory(), SessionFactory()
    MemberFactory.create_batch(3, session=full)
    SessionFactory(ended=True)

    assert [one.id for one in shown(client)["live"]] == [full.pk, empty.pk]


def test_each_room_has_one_strip_with_all_its_events(client):
    log_in(client)
    RoomFactory(name="a", join_from=after(hours=2), join_until=after(hours=3))
    RoomFactory(name="b", remove_at=after(hours=1))
    RoomFactory(name="c", join_until=after(hours=4), remove_at=after(hours=30))
    RoomFactory(name="later", join_from=after(hours=25))
    RoomFactory(name="past", join_until=after(hours=-1))

    assert coming(shown(client)) == [
        ("b", ["removes_everyone"]),
        ("a", ["opens", "closes"]),
        ("c", ["closes", "removes_everyone"]),
    ]


def test_members_inside_leave_by_the_sessions_settings(client):
    log_in(client)
    session = SessionFactory(room__name="a", room__remove_at=after(hours=5))
    changed = {"remove_at": after(hours=9)}
    change_room(Room.objects.all(), session.room_id, changed, by=TESTS)

    (room,) = shown(client)["strips"].rooms
    assert (room.events[0].at, room.session) == (session.remove_at, session)


def test_strip_names_its_events_in_the_zone_of_the_user():
    now = datetime(2026, 11, 24, 21, 17, tzinfo=UTC)
    times = (now + timedelta(hours=hours) for hours in (1, 2, 3))
    room = ComingRoom.of((ANY_ID, "<Ward>", *times), None, now)

    with timezone.override("Europe/Berlin"):
        strips = Strips([room], now)

        assert "opens 23:17, closes tomorrow 00:17, everyone leaves 01:17" in strips.rows()
    assert ">in 1 h<" in strips.rows()
    assert "&lt;Ward&gt;" in strips.rows()


def test_strips_beyond_the_limit_are_in_the_week(client, monkeypatch):
    log_in(client)
    monkeypatch.setattr("sessions.pages.strips.ROOMS_SHOWN", 1)
    RoomFactory(name="a", join_from=after(hours=2))
    assert "all-week" not in client.get(NOW).content.decode()

    RoomFactory(name="b", join_from=after(hours=3))

    assert [name for name, _ in coming(shown(client))] == ["a"]
    assert 'id="all-week"' in client.get(NOW).content.decode()


@pytest.mark.parametrize(
    ("inside", "most", "fill", "word"),
    [
        *((0, 1, "free", ""), (1, 2, "free", ""), (7, 9, "free", "")),
        *((8, 10, "nearly-full", "Nearly full"), (5, 6, "nearly-full", "Nearly full")),
        *((6, 6, "full", "Full"), (7, 6, "full", "Full")),
    ],
)
def test_fill_is_shown_in_colour_and_words(inside, most, fill, word):
    session = RoomSession(max_members=most)
    session.inside = inside

    assert f'class="{fill}"' in fill_meter(session)
    assert strip_tags(fill_pill(session)) == word


def test_live_room_with_a_preview_has_a_thumbnail(client):
    log_in(client)
    session = SessionFactory(enable_room_previews=True)
    assert "thumb" not in client.get(NOW).content.decode()

    RoomSession.objects.filter(pk=session.pk).update(preview_at=timezone.now())

    session.refresh_from_db()
    page = client.get(NOW).content.decode()
    assert f'<img src="{session.preview_url}?at=' in page
    assert f'alt="Preview of {session.display_name}"' in page


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

    assert (context["live"], context["strips"].rooms, context["odd"]) == ([], [], [])


def test_page_needs_the_permission_to_view_rooms(client):
    log_in(client, "room_sessions.view_roomsession")

    assert client.get(NOW).status_code == 403


def test_number_of_queries_does_not_depend_on_the_number_of_rooms(
    client, django_assert_max_num_queries
):
    log_in(client)
    for _ in range(20):
        SessionFactory(room__join_until=after(hours=3), room__remove_at=after(hours=2))

    with django_assert_max_num_queries(13):
        client.get(NOW)


def test_unchanged_part_is_answered_304(client):
    log_in(client)
    first = client.get(NOW, headers={"HX-Request": "true"})

    again = {"HX-Request": "true", "If-None-Match": first.headers["ETag"]}

    assert client.get(NOW, headers=again).status_code == 304
