"""More threads than connections: concurrent writes of a server and a worker."""

import subprocess
import sys

import pytest

from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import ADMISSIONS_URL, ROOMS_URL, SESSIONS_URL, TOKENS_URL
from tests.support.processes import end, eventually
from tests.support.server import ROOT, clean

pytestmark = pytest.mark.own_database
WRITERS, TURNS = 8, 5


@pytest.fixture
def ticket(api):
    """Return a room token of one user."""

    def ask(room):
        return api("POST", TOKENS_URL, {"room_name": room["name"]}).json()["token"]

    return ask


def test_edits_with_if_match_are_not_lost(api, make_room):
    url = f"{ROOMS_URL}/{make_room(name='counted', meta={'turns': 0})['id']}"

    def count(_):
        turns = 0
        while turns < TURNS:
            seen = api("GET", url)
            more = {"meta": {"turns": seen.json()["meta"]["turns"] + 1}}
            status = api("PUT", url, more, **{"If-Match": seen.headers["ETag"]}).status_code
            assert status in (200, 412)
            turns += status == 200

    all_at_once(count, WRITERS)

    assert api("GET", url).json()["meta"] == {"turns": WRITERS * TURNS}


def test_concurrent_bulk_changes_all_succeed(api, make_room):
    ids = [make_room(name=f"many-{number}")["id"] for number in range(20)]

    def change(number):
        chosen = {"ids": ids[number:] + ids[:number]}
        body = {"select": chosen, "change": {"set": {"max_members": 100 + number}}, "mode": "all"}
        return api("POST", f"{ROOMS_URL}/bulk", body)

    answers = all_at_once(change, WRITERS)

    assert {answer.json()["applied"] for answer in answers} == {True}
    for room_id in ids:
        room = api("GET", f"{ROOMS_URL}/{room_id}")
        assert room.headers["ETag"] == f'"{WRITERS + 1}"'


def test_concurrent_admissions_stop_at_max_members(api, make_room, ticket):
    room = make_room(name="crowded", max_members=3)
    tickets = [ticket(room) for _ in range(20)]

    answers = all_at_once(
        lambda number: api("POST", ADMISSIONS_URL, {"token": tickets[number]}), 20
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 17
    assert len({one.json()["session"]["id"] for one in answers if one.status_code == 200}) == 1


def test_worker_removes_due_members(env, api, make_room, ticket):
    room = make_room(name="short", remove_after_seconds_elapsed=1)
    place = api("POST", ADMISSIONS_URL, {"token": ticket(room)}).json()
    members = f"{SESSIONS_URL}/{place['session']['id']}/members"
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=clean(env))
    try:
        eventually(lambda: api("GET", members).json()["data"][0]["leave_time"])
    finally:
        code = end(worker)

    assert code == 0
