"""The search: every place that searches rooms or sessions finds the same ones."""

import csv
import io
from urllib.parse import urlencode

import pytest

from tests.factories import RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL, SESSIONS_URL, faults
from tests.support.bulk import BULK_URL
from tests.support.csv_pages import export
from tests.support.html import log_in
from tests.support.searches import NAME_PAIRS, NAMES, PAIRS, TEXTS
from tests.support.tables import each


def listed(parameter):
    def names(api, _, search):
        return [room["name"] for room in rows(api.get(ROOMS_URL, {parameter: search}))]

    return names


def in_csv(api, _, search):
    response = api.get(ROOMS_URL, {"search": search}, HTTP_ACCEPT="text/csv")
    return names_in(b"".join(response.streaming_content).decode())


def in_bulk(parameter):
    def names(api, _, search):
        body = {"select": {"filter": {parameter: search}}, "change": {"set": {"max_members": 9}}}
        response = api.post(f"{BULK_URL}?dry_run=true", body)
        assert response.status_code == 200
        return [result["name"] for result in response.json()["results"]]

    return names


def in_sessions(api, _, search):
    return [one["name"] for one in rows(api.get(SESSIONS_URL, {"room_name_matches": search}))]


def on_the_list(_, client, search):
    response = client.get("/", {"search": search}, follow=True)
    return [row.name for row in response.context["list"].page.rows]


def in_the_export(_, client, search):
    return names_in(export(client, f"?{urlencode({'search': search})}"))


def in_a_bulk_edit(_, client, search):
    query = urlencode({"search": search})
    response = client.post("/bulk", {"all": "1", "query": query})
    return [room.name for room in response.context["selection"].rooms()]


def in_admin(path):
    def names(_, client, search):
        return [row.name for row in client.get(path, {"q": search}).context["cl"].result_list]

    return names


def on_a_page(path, parameter, name):
    def names(_, client, search):
        page = client.get(path, {parameter: search}).context["page"]
        return [getattr(row, name) for row in page.rows]

    return names


BY_BOTH = {
    "API list": listed("search"),
    "API list by display name": listed("display_name"),
    "API list as CSV": in_csv,
    "API bulk change": in_bulk("search"),
    "API bulk change by display name": in_bulk("display_name"),
    "room list": on_the_list,
    "export": in_the_export,
    "bulk edit": in_a_bulk_edit,
    "admin of rooms": in_admin("/admin/rooms/room/"),
    "admin of sessions": in_admin("/admin/room_sessions/roomsession/"),
    "sessions": on_a_page("/sessions", "name", "name"),
    "history": on_a_page("/history", "room", "room_name"),
}
BY_NAME = {
    "API list by name": listed("name"),
    "API bulk change by name": in_bulk("name"),
    "API sessions": in_sessions,
    **{where: BY_BOTH[where] for where in ("API list", "room list", "sessions", "history")},
}


def rows(response):
    assert response.status_code == 200
    return response.json()["data"]


def names_in(text):
    return [row["name"] for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture
def client(client, db):
    log_in(client)
    return client


@pytest.mark.parametrize("where", BY_BOTH)
def test_search_ignores_case_accents_order_and_punctuation(api, client, project, where):
    for name, text in TEXTS.items():
        SessionFactory(room=RoomFactory(project=project, name=name, display_name=text))

    found = [(search, set(BY_BOTH[where](api, client, search))) for search, _ in PAIRS]

    assert found == PAIRS


@pytest.mark.parametrize("where", BY_NAME)
def test_search_of_a_name_has_the_same_rules(api, client, project, where):
    for name in NAMES:
        SessionFactory(room=RoomFactory(project=project, name=name))

    found = [(search, set(BY_NAME[where](api, client, search))) for search, _ in NAME_PAIRS]

    assert found == NAME_PAIRS


@each("where", BY_BOTH | BY_NAME)
@each("search", ["word " * 40, "a," * 100, "½" * 200])
def test_search_of_two_hundred_characters_is_answered(api, client, room, where, search):
    assert (BY_BOTH | BY_NAME)[where](api, client, search) == []


@pytest.mark.parametrize("parameter", ["search", "name", "display_name", "room_name_matches"])
def test_longer_search_is_refused(api, parameter):
    url = SESSIONS_URL if parameter == "room_name_matches" else ROOMS_URL

    assert faults(api.get(url, {parameter: "x" * 201})) == [(parameter, "invalid_parameter")]


@pytest.mark.parametrize("path", ["/admin/rooms/room/", "/admin/room_sessions/roomsession/"])
def test_longer_search_finds_nothing_in_admin(client, path):
    SessionFactory()

    assert in_admin(path)(None, client, " ".join(map(str, range(5000)))) == []


def test_empty_search_finds_every_room(api, client, room):
    for where in ("API list", "room list", "admin of rooms"):
        for search in ("", " "):
            assert BY_BOTH[where](api, client, search) == [room.name]


@pytest.mark.parametrize("search", [",", "·", "\u200b", "\u0301\u0301"])
def test_bulk_change_by_signs_never_selects_every_room(api, client, room, search):
    assert in_bulk("search")(api, client, search) == []


def test_bulk_change_changes_every_room_that_its_search_finds(api, project):
    room = RoomFactory(project=project, display_name="Совещание отдела")
    select = {"filter": {"search": "ОТДЕЛА совещание"}}

    response = api.post(BULK_URL, {"select": select, "change": {"set": {"max_members": 9}}})

    assert response.json()["counts"]["changed"] == 1
    room.refresh_from_db()
    assert room.max_members == 9
