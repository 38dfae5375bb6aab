import re

import pytest
import requests

from rooms.admin.forms import AdminRoomForm, ChangeRefused
from rooms.changes import change_room
from rooms.models import Room
from rooms.models.history import RoomChange
from tests.factories import TESTS, RoomFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import nothing_changes
from tests.support.html import fields_of, log_in
from tests.support.room_admin import errors_of, page_of, save
from tests.support.rooms import assert_unchanged

pytestmark = pytest.mark.django_db


def bound_form(room, **typed):
    form = type("Form", (AdminRoomForm,), {"author": TESTS})
    return form(
        {"version": room.version, "zone": "UTC", **typed}, instance=Room.objects.get(pk=room.pk)
    )


def test_validation_of_the_form_writes_nothing(client):
    room = RoomFactory()
    form = bound_form(room, max_members="30")

    with nothing_changes():
        assert form.is_valid()
        assert form.save().max_members == 30

    assert form.write().pk == room.pk
    room.refresh_from_db()
    assert (room.version, room.max_members) == (2, 30)


def test_change_between_validation_and_write_is_refused(client):
    room = RoomFactory()
    form = bound_form(room, max_members="30")
    assert form.is_valid()
    change_room(Room.objects, room.pk, {"max_members": 40}, by=TESTS)

    with nothing_changes(), pytest.raises(ChangeRefused):
        form.write()

    assert form.errors["max_members"] == ["Another user set this to 40."]


def test_concurrent_saves_of_one_form_change_the_room_once(client, greenroom):
    log_in(client)
    room = RoomFactory()
    cookies = {"sessionid": client.cookies["sessionid"].value}

    def press_save(number):
        with requests.Session() as browser:
            browser.cookies.update(cookies)
            page = browser.get(greenroom.url + page_of(room), timeout=60)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {
                "version": 1,
                "zone": "UTC",
                "max_members": 30 + number,
                "csrfmiddlewaretoken": token,
            }
            url = greenroom.url + page_of(room)
            answer = browser.post(url, form, allow_redirects=False, timeout=60)
            return answer.status_code, "Another user set this to" in answer.text

    answers = all_at_once(press_save, count=4)

    assert sorted(answers) == [(200, True)] * 3 + [(302, False)]
    room.refresh_from_db()
    assert room.version == 2
    assert RoomChange.objects.filter(room_id=room.pk).count() == 2


def test_stale_form_shows_the_differences_and_writes_nothing(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    values = {"max_members": 30, "record_on_start": True}
    change_room(Room.objects, room.pk, values, by=TESTS)

    response = client.post(page_of(room), {**sent, "description": "mine", "max_members": "40"})

    errors = errors_of(response)
    assert "(Capacity, Record on start)" in errors["__all__"][0]
    assert errors["max_members"] == ["Another user set this to 30."]
    assert errors["record_on_start"] == ["Another user set this to yes."]
    shown = fields_of(response)
    assert (shown["description"], shown["max_members"]) == ("mine", "40")
    # The user did not edit this field; it shows the current value, so saving again keeps that.
    assert shown["record_on_start"] == "on"
    room.refresh_from_db()
    assert (room.version, room.max_members, room.description) == (2, 30, None)


def test_stale_form_saved_again_changes_only_the_users_fields(client):
    log_in(client)
    room = RoomFactory(record_on_start=True, description="before")
    sent = fields_of(client.get(page_of(room)))
    theirs = {"max_members": 30, "record_on_start": False, "description": None, "meta": {"a": 1}}
    change_room(Room.objects, room.pk, theirs, by=TESTS)

    refused = client.post(page_of(room), {**sent, "layout": "5up"})
    response = client.post(page_of(room), fields_of(refused))

    assert response.status_code == 302
    change = RoomChange.objects.get(room_id=room.pk, version=3)
    assert change.changes == {"layout": ["grid-responsive", "5up"]}


@pytest.mark.parametrize("version", ["", "x", "0", "99", str(2**40)])
def test_form_without_a_version_is_refused(client, version):
    log_in(client)
    room = RoomFactory()

    response = save(client, room, version=version, max_members="30")

    assert response.status_code == 200
    assert errors_of(response)
    assert_unchanged(room)


def test_room_deleted_since_is_not_found(client):
    log_in(client)
    room = RoomFactory()
    sent = fields_of(client.get(page_of(room)))
    client.post(page_of(room, "delete"), {"post": "yes"})

    response = client.post(page_of(room), {**sent, "max_members": "30"})

    assert response.status_code == 302
    assert not Room.objects.exists()
