"""Lists hide the rooms that room tokens made, unless a filter asks for them."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.changes import create_room
from rooms.filters import RoomFilter
from rooms.models import Room
from rooms.pages.page_filter import PageFilter
from sessions.models import RoomSession
from tests.factories import TESTS, RoomFactory
from tests.support.api import ROOMS_URL, faults, room_url
from tests.support.html import log_in
from tests.support.now_page import shown
from tests.support.room_lists import LISTS, RoomLists

SHOWN = {"include_auto_created": "1"}
SOON = timedelta(hours=1)
every_list = pytest.mark.parametrize("name", LISTS)


@pytest.fixture
def made(project):
    """A live room that a room token made, beside one that lists show."""
    RoomFactory(project=project, name="kept")
    now = whole_second(timezone.now())
    values = {"name": "made", "join_from": now - SOON, "join_until": now + SOON}
    room = create_room(project.pk, values, by=TESTS, auto_created=True).room
    RoomSession.of(room, now).save(force_insert=True)
    return room


@pytest.fixture
def names(api, client):
    log_in(client)
    lists = RoomLists(api, client)
    return lambda name, query: getattr(lists, name)(query)


@every_list
def test_list_hides_rooms_of_tokens_by_default(names, made, name):
    assert names(name, {}) == {"kept"}


@every_list
def test_list_shows_rooms_of_tokens_on_request(names, made, name):
    assert names(name, SHOWN) == {"kept", "made"}


@every_list
def test_false_hides_as_a_missing_parameter_does(names, made, name):
    assert names(name, {"include_auto_created": "false"}) == {"kept"}


VALUES = {
    "include_active_session": "true",
    "starts_after": "2000-01-01",
    "ends_before": "2900-01-01",
    "quality": "720p",
    "layout": "grid-responsive",
    "record_on_start": "false",
    "enable_room_previews": "false",
    "status": "open",
    "live": "true",
    "name": "made",
    "display_name": "made",
    "search": "made",
    "ordering": "-join_from",
    "opens": "days",
}


@pytest.mark.parametrize("name", sorted(PageFilter.base_filters.keys() - SHOWN.keys()))
def test_every_filter_hides_rooms_of_tokens(made, name):
    query = QueryDict(mutable=True)
    query[name] = VALUES.get(name, str(made.project_id))
    filter_set = RoomFilter if name in RoomFilter.base_filters else PageFilter

    def found():
        return set(filter_set(query, Room.objects.all()).narrowed())

    assert made not in found()
    query.update(SHOWN)
    assert made in found()


def test_room_of_a_token_is_found_by_id_and_by_name(api, made):
    assert api.get(room_url(made)).json()["name"] == "made"
    assert api.get(room_url("made")).json()["id"] == str(made.pk)


def test_unreadable_value_is_refused(api, made):
    response = api.get(f"{ROOMS_URL}?include_auto_created=maybe")

    assert faults(response) == [("include_auto_created", "not_a_boolean")]


def test_operators_page_shows_live_sessions_but_no_plans_of_these_rooms(client, made):
    log_in(client)

    context = shown(client)

    assert [session.name for session in context["live"]] == ["made"]
    assert context["strips"].rooms == []
