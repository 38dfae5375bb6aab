"""A setting has one label, which its model field names, in every channel for people."""

import re

import pytest
from django.utils import translation
from django.utils.text import capfirst

from rooms.admin.forms import AdminNewRoomForm, AdminRoomForm
from rooms.bulk.sheets import title_of
from rooms.changes import change_room
from rooms.changes.validation import SETTINGS
from rooms.display.refusals import in_words
from rooms.display.values import label
from rooms.models import Room
from rooms.pages.bulk.forms import BulkForm
from rooms.pages.room.forms import NewRoomPageForm, RoomPageForm
from tests.factories import TESTS, RoomFactory, SessionFactory, StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
WORDS = {
    "join_from": "Opens",
    "join_until": "Closes",
    "remove_at": "Everyone leaves at",
    "remove_after_seconds_elapsed": "Time limit per person",
    "max_members": "Capacity",
}


def words_of(response):
    text = re.sub(r"<(script|svg|select)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


@pytest.mark.parametrize("language", ["en", "de"])
def test_forms_sheets_history_and_errors_use_the_label_of_the_model(language):
    with translation.override(language):
        expected = {
            name: str(capfirst(Room._meta.get_field(name).verbose_name)) for name in SETTINGS
        }
        room = RoomFactory()
        forms = [RoomPageForm(instance=room), NewRoomPageForm(), BulkForm()]
        forms += [AdminRoomForm(instance=room), new_room_form_of_admin()]
        for form in forms:
            assert {name: str(form[name].label) for name in SETTINGS} == expected
        for name in WORDS:
            assert label(name) == expected[name]
            # A column may add the unit of its values.
            assert title_of(name).startswith(expected[name])
            assert in_words(f"{name} must be").startswith(expected[name])
    assert language != "en" or {name: expected[name] for name in WORDS} == WORDS


def new_room_form_of_admin():
    return type("Form", (AdminNewRoomForm,), {"user": StaffFactory(), "author": TESTS})()


def test_pages_use_the_labels(client):
    log_in(client)
    session = SessionFactory(room=RoomFactory(name="lobby", scheduled=True))
    room = session.room
    values = {"max_members": 9, "remove_after_seconds_elapsed": 60, "join_until": None}
    change_room(Room.objects, room.pk, values, by=TESTS)
    changed = ["Capacity", "Time limit per person", "Closes"]
    shown = {
        f"/rooms/{room.pk}": WORDS.values(),
        "/rooms/new": WORDS.values(),
        f"/bulk?ids={room.pk}": WORDS.values(),
        f"/admin/rooms/room/{room.pk}/change/": WORDS.values(),
        "/admin/rooms/room/": ["Opens", "Closes", "Capacity"],
        f"/admin/room_sessions/roomsession/{session.pk}/change/": WORDS.values(),
        f"/admin/rooms/room/{room.pk}/history/": changed,
        f"/rooms/{room.pk}/history": changed,
        "/history": changed,
        "/": ["Capacity"],
    }

    for url, labels in shown.items():
        words = words_of(client.get(url))
        assert [label for label in labels if label not in words] == [], url
        found = re.findall(r"Max (?:people|members)|Join (?:from|until)|Remove (?:at|after)", words)
        assert not found, url
