"""The menu of a room: changes with one click."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.staff.limits import StaffLimit
from access.values.timestamps import whole_second
from rooms.models import RoomStatus
from rooms.models.history import RoomChange
from tests.factories import RoomFactory, SessionFactory
from tests.support.history_pages import change
from tests.support.html import fields_of, log_in, messages_of
from tests.support.room_page import page_of
from tests.support.tables import each

pytestmark = pytest.mark.django_db
MAY_CHANGE = ("rooms.view_room", "rooms.change_room")
SCHEDULE = ("join_from", "join_until", "remove_at")


def after(minutes):
    return whole_second(timezone.now()) + timedelta(minutes=minutes)


def room_with(opens=None, closes=None, leaves=None, **more):
    """Return a room with times in minutes from now."""
    minutes = zip(SCHEDULE, (opens, closes, leaves), strict=True)
    times = {name: after(m) for name, m in minutes if m is not None}
    return RoomFactory(**times, **more)


def actions_of(room):
    return reverse("room-actions", args=[room.pk])


def click(client, room, do, **sent):
    return client.post(actions_of(room), {"do": do, "version": room.version, **sent})


def times_of(room):
    room.refresh_from_db()
    return [getattr(room, name) for name in SCHEDULE]


CHANGES = {
    "a scheduled room opens, and keeps its end": ("open", (60, 120, 180), (0, 120, 180)),
    "a room without an end opens": ("open", (60, None, None), (0, None, None)),
    "an open room closes, and members may stay": ("close", (-60, 120, 180), (-60, 0, 180)),
    "a room without times closes": ("close", (None, None, None), (None, 0, None)),
    "both ends move": ("extend", (-60, 120, 180), (-60, 150, 210)),
    "a room that closed just now opens again": ("extend", (-60, -5, None), (-60, 25, None)),
    "newcomers stay out, members stay longer": ("extend", (None, -60, 5), (None, -30, 35)),
}


@each(["do", "before", "then"], CHANGES.values(), ids=CHANGES)
def test_click_changes_times(client, do, before, then):
    user = log_in(client, *MAY_CHANGE)
    room = room_with(*before)

    response = click(client, room, do)

    assert response.headers["Location"] == page_of(room)
    for found, minutes in zip(times_of(room), then, strict=True):
        assert (found is None) == (minutes is None)
        assert found is None or abs(found - after(minutes)) < timedelta(minutes=2)
    status = {"open": RoomStatus.OPEN, "close": RoomStatus.CLOSED}.get(do)
    assert status in (None, room.status(timezone.now()))
    entry = RoomChange.objects.first()
    assert (entry.version, entry.author_id, entry.channel) == (2, str(user.pk), "form")


REFUSED = {
    "open, closed": ("open", (None, None, -5), "Everyone leaves at has passed ("),
    "open, over": ("open", (-60, -5, 60), "Closes has passed ("),
    "open, open": ("open", (-60, 60, None), "The room is open already."),
    "close, early": ("close", (60, 120, None), "The room is not open yet (Opens: "),
    "close, closed": ("close", (None, -5, 60), "The room is closed already."),
    "extend, nothing": ("extend", (-60, None, None), "There is no time to move: the room has"),
    "extend, over": ("extend", (None, -90, -60), "Everyone leaves at would still have passed ("),
}


@each(["do", "times", "words"], REFUSED.values(), ids=REFUSED)
def test_refused_click_says_why_and_changes_nothing(client, do, times, words):
    log_in(client, *MAY_CHANGE)
    room = room_with(*times)
    before = times_of(room)

    menu = client.get(actions_of(room)).content.decode()
    response = click(client, room, do)

    assert words in menu
    assert response.status_code == 422
    assert f'role="alert" tabindex="-1">\n      <p>{words}' in response.content.decode()
    assert page_of(room) in response.content.decode()
    assert times_of(room) == before
    assert room.version == 1


def test_click_ends_in_a_message_with_values_and_undo(client):
    log_in(client, *MAY_CHANGE)
    room = room_with(-60, 120)
    before = times_of(room)

    said = messages_of(click(client, room, "extend"))[-1]
    client.post(client.session["undo"]["action"], {"version": client.session["undo"]["version"]})

    assert said.startswith("Saved. Closes: ")
    assert " (was " in said
    assert times_of(room) == before


def test_stale_menu_changes_nothing_and_shows_the_current_times(client):
    log_in(client, *MAY_CHANGE)
    room = room_with(-60, 120)
    change(room, max_members=30)
    before = times_of(room)

    for version in ("1", "", "x", "9"):
        response = click(client, room, "extend", version=version)

        assert response.status_code == 409
        assert "Nothing was changed: another user changed this room" in response.content.decode()
        assert fields_of(response)["version"] == "2"
    assert times_of(room) == before
    assert room.version == 2


@pytest.mark.parametrize("do", ["open", "close", "extend"])
def test_double_click_changes_a_room_once(client, do):
    log_in(client, *MAY_CHANGE)
    room = room_with(60 if do == "open" else -60, 120, 180)

    first, second = click(client, room, do), click(client, room, do)

    assert messages_of(first)[-1] == messages_of(second)[-1]
    assert client.session["undo"]["version"] == 2
    assert times_of(room)
    assert room.version == 2


def test_own_change_of_another_kind_is_no_double_click(client):
    user = log_in(client, *MAY_CHANGE)
    room = room_with(-60, 120)
    click(client, room, "close")

    response = click(client, room, "extend")

    assert response.status_code == 409
    room.refresh_from_db()
    assert room.version == 2
    assert RoomChange.objects.filter(author_id=user.pk).count() == 1


def test_actions_need_rights_a_post_and_a_known_name(client):
    log_in(client, "rooms.view_room")
    room = room_with(60, 120)

    assert click(client, room, "open").status_code == 403
    page = client.get(actions_of(room), {"do": "open", "version": "1"})
    assert str(room.pk) in page.content.decode()
    assert "Open now" not in page.content.decode()
    user = log_in(client, *MAY_CHANGE)
    assert client.get(actions_of(room), {"do": "open", "version": "1"}).status_code == 200
    assert click(client, room, "delete").status_code == 400
    StaffLimit.objects.create(user=user)
    assert click(client, room, "open").status_code == 404
    room.refresh_from_db()
    assert room.version == 1


def test_menu_of_a_live_room_offers_to_apply_the_change(client):
    log_in(client)
    room = SessionFactory(room=room_with(-60, 120)).room

    menu = client.get(actions_of(room), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in menu
    assert "The live session keeps its settings" in menu
    assert "/apply" in menu
