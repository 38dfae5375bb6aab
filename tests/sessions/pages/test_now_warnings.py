from datetime import datetime

import pytest
from django.utils import timezone

from rooms.changes import change_room
from rooms.models import Room
from sessions.models import RoomSession
from sessions.pages.overview import WarningKind
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory
from tests.support.html import log_in
from tests.support.now_page import after, shown

pytestmark = pytest.mark.django_db


def odd(context):
    return [(one.what, one.room.name) for one in context["odd"]]


def test_usual_rooms_have_no_warnings(client):
    log_in(client)
    RoomFactory(join_from=after(hours=1), join_until=after(hours=2), remove_at=after(hours=2))
    RoomFactory(join_until=after(hours=2), remove_at=after(hours=3))
    RoomFactory(remove_at=after(hours=-3), join_until=after(hours=-2))
    session = SessionFactory()
    MemberFactory.create_batch(2, session=session)

    assert odd(shown(client)) == []


def test_removal_before_the_close_is_a_warning(client):
    log_in(client)
    RoomFactory(name="a", join_until=after(hours=3), remove_at=after(hours=2))

    assert odd(shown(client)) == [(WarningKind.REMOVES_BEFORE_CLOSE, "a")]


def test_room_that_opens_in_years_is_a_warning(client):
    log_in(client)
    RoomFactory(name="a", join_from=datetime(2206, 11, 24, tzinfo=timezone.get_current_timezone()))
    RoomFactory(join_from=after(days=365))

    assert odd(shown(client)) == [(WarningKind.OPENS_FAR_OFF, "a")]


def test_full_session_is_a_warning_and_has_a_pill(client):
    log_in(client)
    session = SessionFactory(room__name="a", room__max_members=2)
    MemberFactory.create_batch(2, session=session)

    assert odd(shown(client)) == [(WarningKind.FULL, "a")]
    assert 'class="pill pill-full">Full<' in client.get("/now").content.decode()


@pytest.mark.parametrize("whose", ["session", "room"])
def test_more_members_than_max_members_is_a_warning(client, whose):
    log_in(client)
    session = SessionFactory(room__name="a")
    MemberFactory.create_batch(3, session=session)
    if whose == "session":
        RoomSession.objects.filter(pk=session.pk).update(max_members=2)
    else:
        change_room(Room.objects.all(), session.room_id, {"max_members": 2}, by=TESTS)

    assert odd(shown(client)) == [(WarningKind.CAP_BELOW_INSIDE, "a")]


def test_members_inside_after_the_removal_are_a_warning(client):
    log_in(client)
    session = SessionFactory(room__name="a")
    MemberFactory(session=session)
    changed = {"remove_at": after(seconds=-1)}
    change_room(Room.objects.all(), session.room_id, changed, by=TESTS)

    assert odd(shown(client)) == [(WarningKind.OVER_BUT_LIVE, "a")]
