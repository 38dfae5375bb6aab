"""Bulk and single changes of the same rooms for half a minute: no deadlock, no lost change."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connection

from rooms.changes.validation import SETTINGS, as_json
from rooms.models import Room, RoomChange
from tests.factories import ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import ROOMS_URL, basic, room_url

SECONDS = 30
ROOMS = 12
SINGLE_WRITERS, BULK_WRITERS = 4, 4


@pytest.fixture
def rooms(transactional_db):
    project = ProjectFactory()
    window = {"join_from": "2030-01-01T12:00:00Z", "join_until": "2030-01-01T13:00:00Z"}
    return [RoomFactory(project=project, **window) for _ in range(ROOMS)]


@pytest.fixture
def connect(greenroom, fronts, rooms):
    token = TokenFactory(project=rooms[0].project)
    in_turn = itertools.cycle(fronts)

    def make():
        session = requests.Session()
        session.headers["Authorization"] = basic(token.project_id, token.secret)
        return session, next(in_turn)

    return make


def single_writer(number, connect, rooms, until):
    """Change one room after the other; return each acknowledged (room, version, field, value)."""
    session, url = connect()
    acknowledged = []
    for turn in itertools.count():
        if time.monotonic() > until:
            return acknowledged
        room = rooms[(turn * 5 + number) % ROOMS]
        meta = {"writer": number, "turn": turn}
        response = session.put(url + room_url(room), json={"meta": meta}, timeout=60)
        assert response.status_code == 200, response.text
        version = int(response.headers["ETag"].strip('"'))
        acknowledged.append((str(room.pk), version, "meta", meta))
    return acknowledged


def recipes(number):
    """Yield changes that overlap with those of other writers; some rooms refuse some of them."""
    for turn in itertools.count():
        yield {"set": {"max_members": 1 + (number * 70 + turn) % 300}}
        yield {"shift": {"join_from": 600 if turn % 2 else -600}}
        yield {"shift": {"join_until": -1200 if turn % 2 else 1200}}


def bulk_writer(number, connect, rooms, until):
    session, url = connect()
    acknowledged = []
    # Each writer names the rooms in another order; the server locks them by id anyway.
    ids = [str(room.pk) for room in rooms[number:] + rooms[:number]][:: -1 if number % 2 else 1]
    for change in recipes(number):
        if time.monotonic() > until:
            return acknowledged
        body = {
            "select": {"ids": ids[: ROOMS - number]},
            "change": change,
            "mode": "valid" if number % 2 else "all",
        }
        response = session.post(f"{url}{ROOMS_URL}/bulk", json=body, timeout=60)
        if response.status_code == 429:
            # The process runs as many bulk changes as it may.
            continue
        assert response.status_code in (200, 422), response.text
        if response.json()["applied"]:
            acknowledged += [
                (result["id"], result["version"], name, after)
                for result in response.json()["results"]
                for name, (_, after) in result.get("changes", {}).items()
                if result["outcome"] == "changed"
            ]
    return acknowledged


@pytest.mark.long
def test_no_deadlock_and_no_acknowledged_change_is_lost(connect, rooms):
    together = threading.Barrier(SINGLE_WRITERS + BULK_WRITERS)

    def work(number):
        together.wait()
        writer = single_writer if number < SINGLE_WRITERS else bulk_writer
        try:
            return writer(number % SINGLE_WRITERS, connect, rooms, time.monotonic() + SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(SINGLE_WRITERS + BULK_WRITERS) as pool:
        acknowledged = list(pool.map(work, range(SINGLE_WRITERS + BULK_WRITERS)))

    assert all(acknowledged), "some writer was never let in"
    recorded = {
        (str(entry.room_id), entry.version, name): after
        for entry in RoomChange.objects.all()
        for name, (_, after) in entry.changes.items()
    }
    for room_id, version, name, value in itertools.chain(*acknowledged):
        assert recorded[room_id, version, name] == value
    for room in Room.objects.all():
        assert room.join_from < room.join_until
        assert replayed(room) == {
            "name": room.name,
            **{name: as_json(name, (getattr(room, name),))[0] for name in SETTINGS},
        }


def replayed(room):
    """Return the room as replayed from its history; each entry must continue the one before."""
    entries = list(RoomChange.objects.filter(room_id=room.pk).order_by("version"))
    assert [entry.version for entry in entries] == list(range(1, room.version + 1))
    state = {}
    for entry in entries:
        for name, (before, after) in entry.changes.items():
            assert state.get(name) == before
            state[name] = after
    return state
