"""The history finds a room by the names that it has, and by those that it had."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from access.models import StaffLimit
from rooms.changes import delete_room
from rooms.models import Room
from rooms.models.history import RoomChange
from rooms.pages.history import room_search
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.rooms.pages.history.test_history_lines import bulk_edit
from tests.support.history_pages import change
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
SEARCHES = ("arzte DIE", "night-watch", "cafe", "ward")


def found(client, search):
    response = client.get("/history", {"room": search})
    return [row.room_name for row in response.context["page"].rows]


@pytest.fixture
def renamed():
    """A room that was renamed twice and then deleted, and another room."""
    room = RoomFactory(name="night-watch", display_name="Die Ärzte")
    change(room, display_name="Café")
    bulk_edit([Room.objects.get(pk=room.pk)], display_name="Post 7")
    delete_room(Room.objects.all(), room.pk, by=TESTS)
    return RoomFactory(project=room.project, name="ward-3", display_name="Ward 3")


@pytest.mark.parametrize("first", [room_search.ROOMS_FIRST, 1])
def test_every_name_of_a_room_finds_all_its_changes(client, renamed, monkeypatch, first):
    monkeypatch.setattr(room_search, "ROOMS_FIRST", first)
    log_in(client)

    names = {search: found(client, search) for search in (*SEARCHES, "post", "watch 7", "nowhere")}

    gone = ["night-watch"] * 4
    assert names == {
        **dict.fromkeys(SEARCHES[:3], gone),
        "ward": ["ward-3"],
        "post": gone,
        "watch 7": gone,
        "nowhere": [],
    }


def test_a_search_does_not_look_at_other_projects(client, renamed):
    person = log_in(client, "rooms.view_roomchange")
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory())

    assert [found(client, search) for search in SEARCHES] == [[]] * 4


def test_the_migration_fills_the_changes_of_an_older_release(client, renamed):
    log_in(client)
    new = list(RoomChange.objects.order_by("pk").values_list("former_names", flat=True))
    RoomChange.objects.update(former_names=None)
    assert found(client, "cafe") == []

    migration = import_module("rooms.migrations.0021_index_former_names")
    migration.fill(apps, SimpleNamespace(connection=connection))

    assert list(RoomChange.objects.order_by("pk").values_list("former_names", flat=True)) == new
    assert new == [None, "night-watch die arzte", "night-watch cafe", "night-watch post 7", None]
