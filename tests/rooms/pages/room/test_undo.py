"""Undo and redo of the last change, by a button or by Ctrl Z."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import RoomFactory, StaffFactory
from tests.support import browser
from tests.support.browser import press
from tests.support.bulk_pages import follow, job
from tests.support.csv_pages import send
from tests.support.history_pages import change
from tests.support.html import log_in, messages_of
from tests.support.room_page import save


def undo(client, room, **sent):
    return client.post(reverse("room-undo", args=[room.pk]), sent)


def offered(client):
    return client.session["undo"]


@pytest.mark.django_db
def test_undo_and_redo_change_the_room_back_and_forth(client):
    log_in(client, "rooms.view_room", "rooms.change_room")
    room = RoomFactory()
    save(client, room, max_members="30")

    response = undo(client, room, version=offered(client)["version"])
    room.refresh_from_db()
    assert room.max_members == 20
    assert messages_of(response)[-1] == "Undone. Capacity: 20 (was 30)."
    assert offered(client)["is_redo"]

    undo(client, room, version=offered(client)["version"], redo="1")
    room.refresh_from_db()
    assert room.max_members == 30
    assert not offered(client)["is_redo"]
    assert [one.channel for one in RoomChange.objects.all()[:3]] == ["revert", "revert", "form"]


@pytest.mark.django_db
def test_undo_leaves_a_later_change_of_the_same_field(client):
    log_in(client, "rooms.view_room", "rooms.change_room")
    room = RoomFactory()
    save(client, room, max_members="30")
    change(room, max_members=40)

    response = undo(client, room, version="2")

    room.refresh_from_db()
    assert room.max_members == 40
    assert messages_of(response)[-1] == "Not undone: the same field was changed since."


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "x", "1", "9", "99999999999", "²"])
def test_only_an_own_change_is_undone(client, version):
    log_in(client, "rooms.view_room", "rooms.change_room")
    room = RoomFactory()
    change(room, max_members=30)

    assert undo(client, room, version=version).status_code == 404
    assert undo(client, room, version="2").status_code == 404
    room.refresh_from_db()
    assert room.max_members == 30


@pytest.mark.django_db
def test_undone_bulk_edit_offers_a_redo(client):
    log_in(client)
    room = RoomFactory(name="a")
    send(client, room.project, "name,max_members\na,30")
    follow(client, client.post(reverse("job-apply", args=[job().pk]), {"mode": "all"}))

    page = follow(client, client.post(offered(client)["action"])).content.decode()

    assert "Undone: 1 room is as before" in page
    assert offered(client)["is_redo"]
    assert "Redo\n" in page
    page = follow(client, client.post(offered(client)["action"])).content.decode()
    assert "Redone: 1 room" in page
    assert Room.objects.get().max_members == 30


def test_keys_undo_and_redo_and_no_plain_key_changes_anything(page, greenroom):
    room = RoomFactory()
    browser.log_in(page, greenroom, StaffFactory())
    page.goto(greenroom.url + reverse("room-page", args=[room.pk]))
    page.get_by_label("Capacity").fill("33")
    page.get_by_role("heading", level=1).click()
    press(page, "s")
    assert Room.objects.get(pk=room.pk).max_members == 20

    press(page, "Control+s")
    expect(page.get_by_text("Saved. Capacity: 33 (was 20).")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    press(page, "Control+z")
    expect(page.get_by_text("Undone. Capacity: 20 (was 33).")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    press(page, "Control+Shift+z")
    expect(page.get_by_text("Redone. Capacity: 33 (was 20).")).to_be_visible()
