"""The room list: the live parts of its rows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from tests.factories import MemberFactory, RoomFactory, SessionFactory
from tests.support.html import log_in
from tests.support.room_list_page import cell, live

pytestmark = pytest.mark.django_db


def soon(**ahead):
    return whole_second(timezone.now() + timedelta(**ahead))


def test_row_shows_status_members_and_answer(client, project):
    log_in(client)
    later = RoomFactory(project=project, join_from=soon(minutes=90, seconds=30))
    closed = RoomFactory(project=project, closed=True)
    live = RoomFactory(project=project, max_members=7, remove_at=soon(minutes=45, seconds=30))
    session = SessionFactory(room=live)
    MemberFactory.create_batch(2, session=session)
    MemberFactory(session=session, left=True)

    page = client.get("/")

    assert cell(page, later, "now") == "Scheduled"
    assert cell(page, later, "answer").startswith("No: opens ")
    assert cell(page, closed, "now") == "Closed"
    assert cell(page, closed, "answer").startswith("No: closed since ")
    assert cell(page, live, "now") == "Live 2 of 7"
    assert cell(page, live, "answer").startswith("Yes, until ")


def test_live_room_shows_the_settings_of_its_session(client, room):
    log_in(client)
    MemberFactory(session=SessionFactory(room=room, remove_at=soon(minutes=20), max_members=3))

    page = client.get("/")

    assert cell(page, room, "now") == "Live 1 of 3"
    assert cell(page, room, "answer").startswith("Yes, until ")


def test_unchanged_live_parts_are_answered_304(client, room):
    log_in(client)
    first = live(client, room)

    again = live(client, room, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")

    MemberFactory(session=SessionFactory(room=room))
    moved = live(client, room, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert moved.status_code == 200
    assert cell(moved, room, "now") == "Live 1 of 20"
    assert 'hx-swap-oob="true"' in moved.content.decode()


@pytest.mark.parametrize("ids", ["x", "1", "a" * 36, ",".join(["0" * 8] * 51)])
def test_live_parts_need_valid_room_ids(client, db, ids):
    log_in(client)

    assert client.get(f"/rooms/live?ids={ids}").status_code == 400
