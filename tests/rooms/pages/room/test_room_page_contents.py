"""The room page: what it shows, and the number of queries for it."""

import re

import pytest
from django.utils import timezone

from rooms.models import Layout
from tests.factories import MemberFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in, markup_of
from tests.support.room_page import page_of, preview_of

pytestmark = pytest.mark.django_db


def test_fields_show_their_limits(client):
    log_in(client)

    text = client.get(page_of(RoomFactory())).content.decode()

    number = re.search(r'<input type="number" name="max_members"[^>]*>', text)[0]
    assert 'min="1"' in number
    assert 'max="300"' in number
    assert "Most people in the room at one time. 1 to 300." in text
    assert 'maxlength="3000"' in text
    assert "At most 3000 characters." in text
    assert "Your own data of the room, as a JSON object. At most 2000 characters." in text


def test_every_layout_is_shown_and_can_be_chosen(client):
    log_in(client)

    text = markup_of(client.get(page_of(RoomFactory(layout="5up"))))

    radios = re.findall(r'<input type="radio" name="layout"[^>]*>', text)
    assert len(radios) == len(Layout) == 13
    assert [radio for radio in radios if "checked" in radio] == [
        radio for radio in radios if 'value="5up"' in radio
    ]
    assert text.count('<rect class="frame"') == 13
    assert "100 pictures" in text


def test_names_are_shown_as_text(client):
    log_in(client)
    hostile = "<script>alert(1)</script>"
    room = RoomFactory(display_name=hostile, description=f"</textarea>{hostile}")

    text = client.get(page_of(room)).content.decode()

    assert hostile not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_sessions_are_shown_in_timeline_and_list(client):
    log_in(client)
    room = RoomFactory()
    SessionFactory(room=room, ended=True)
    SessionFactory(room=room, start_time=timezone.now())
    SessionFactory(ended=True)

    text = client.get(page_of(room)).content.decode()

    assert (text.count("bar past"), text.count("bar live")) == (1, 1)
    assert "Session in progress" in text


@pytest.mark.parametrize("superuser", [True, False])
def test_number_of_queries_does_not_depend_on_the_number_of_sessions(
    client, django_assert_num_queries, superuser
):
    log_in(client, *([] if superuser else ["rooms.view_room", "rooms.change_room"]))
    session = SessionFactory()
    room = session.room
    # The user, their permissions, the room, the members inside, its sessions, and its refused
    # attempts.
    with django_assert_num_queries(5 if superuser else 6):
        client.get(page_of(room))
    SessionFactory.create_batch(30, room=room, ended=True)
    MemberFactory.create_batch(20, session=session)

    with django_assert_num_queries(5 if superuser else 6):
        page = client.get(page_of(room))
    with django_assert_num_queries(3 if superuser else 4):
        client.post(preview_of(room), fields_of(page))
    empty = RoomFactory()
    # Without a session, no members are counted.
    with django_assert_num_queries(4 if superuser else 5):
        client.get(page_of(empty))
