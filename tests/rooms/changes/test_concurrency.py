"""Many concurrent writers over real sockets: acknowledged changes persist and stay valid."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import requests
from django.db import connection
from uuid_utils.compat import uuid7

from rooms.bulk.engine import Bulk, Mode, RowOutcome, chunks_of
from rooms.models import Room, RoomChange
from tests.factories import TESTS, ProjectFactory, RoomFactory, TokenFactory
from tests.support.api import basic, room_url

WRITERS = 8
ROUNDS = 40


@pytest.fixture
def room(transactional_db):
    return RoomFactory(join_from="2030-01-01T12:00:00Z", join_until="2030-01-01T13:00:00Z")


@pytest.fixture
def put(greenroom, fronts, room):
    """Return a function that opens a new connection; each call of it uses the next server."""
    token = TokenFactory(project=room.project)
    headers = {"Authorization": basic(token.project_id, token.secret)}
    in_turn = itertools.cycle(fronts)

    def make():
        session = requests.Session()
        session.headers.update(headers)
        url = next(in_turn) + room_url(room)
        return lambda body, **extra: session.put(url, json=body, headers=extra, timeout=60)

    return make


def all_at_once(work, count=WRITERS):
    """Run work(0), work(1), … in threads that start together, and return their results."""
    together = threading.Barrier(count)

    def begin(number):
        together.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def edits(writer):
    """Yield the edits of one writer: a meta that only it writes, and windows that may conflict."""
    for turn in range(ROUNDS // 4):
        minute = (writer * 7 + turn * 13) % 60
        yield {"meta": {"writer": writer, "turn": turn}}
        yield {"join_from": f"2030-01-01T12:{minute:02}:00Z"}
        yield {"join_until": f"2030-01-01T12:{59 - minute:02}:30Z"}
        yield {"max_members": writer * 30 + turn + 1, "record_on_start": turn % 2 == 0}


def version_of(response):
    return int(response.headers["ETag"].strip('"'))


def states(room):
    """Return the room's settings at each version, replayed from the history."""
    found, state = {}, {}
    for entry in RoomChange.objects.filter(room_id=room.pk).order_by("version"):
        for name, (before, after) in entry.changes.items():
            assert state.get(name) == before, (entry.version, name)
            state[name] = after
        found[entry.version] = dict(state)
    return found


def test_concurrent_changes_are_not_lost_and_no_invalid_window_is_stored(put, room):
    def write(writer):
        send = put()
        return [(edit, send(edit)) for edit in edits(writer)]

    answers = [answer for written in all_at_once(write) for answer in written]

    assert len(answers) == WRITERS * ROUNDS
    refused = [response for _, response in answers if response.status_code != 200]
    assert {response.status_code for response in refused} == {422}
    codes = {error["code"] for response in refused for error in response.json()["errors"]}
    assert codes == {"invalid_join_until_date"}

    history = states(room)
    assert list(history) == list(range(1, max(history) + 1))
    for edit, response in answers:
        if response.status_code == 200:
            state = history[version_of(response)]
            assert {name: state[name] for name in edit} == edit
    for state in history.values():
        assert _moment(state["join_from"]) < _moment(state["join_until"])

    marks = [edit for edit, _ in answers if "meta" in edit]
    kept = [entry.changes["meta"][1] for entry in _entries(room) if "meta" in entry.changes]
    assert len(kept) == len(marks)
    assert all(edit["meta"] in kept for edit in marks)

    room.refresh_from_db()
    assert room.version == max(history)
    for name, value in history[room.version].items():
        assert Room._meta.get_field(name).to_json(getattr(room, name)) == value


def _entries(room):
    return RoomChange.objects.filter(room_id=room.pk, action="changed")


def _moment(text):
    return datetime.fromisoformat(text)


def test_only_one_of_many_writers_with_the_same_etag_succeeds(put, room):
    clients = [put() for _ in range(WRITERS)]
    for turn in range(10):
        tag = f'"{turn + 1}"'

        def write(writer, tag=tag, turn=turn):
            mark = {"meta": {"writer": writer, "turn": turn}}
            return clients[writer](mark, **{"If-Match": tag})

        answers = all_at_once(write)

        codes = sorted(response.status_code for response in answers)
        assert codes == [200] + [412] * (WRITERS - 1)
        assert {version_of(response) for response in answers} == {turn + 2}
        (winner,) = [n for n, response in enumerate(answers) if response.status_code == 200]
        room.refresh_from_db()
        assert (room.version, room.meta) == (turn + 2, {"writer": winner, "turn": turn})


def test_bulk_changes_of_the_same_rooms_in_different_order_do_not_deadlock(
    transactional_db,
):
    project = ProjectFactory()
    RoomFactory.create_batch(40, project=project)
    shared = list(Room.objects.order_by("pk").values_list("pk", flat=True))
    orders = [("name",), ("-name",), ("-pk",), ("updated_at", "-version")]

    def change(writer):
        # Each writer skips a different ten rooms.
        chosen = Room.objects.filter(pk__in=shared[: writer * 10] + shared[writer * 10 + 10 :])
        changed = 0
        for turn in range(10):
            edit = {"max_members": writer * 50 + turn + 1}
            bulk = Bulk(Room.objects.all(), TESTS, uuid7(), Mode.ALL)
            stages = bulk.changing(chunks_of(chosen.order_by(*orders[writer]), edit))
            changed += bulk.run(stages, lambda result: None).counts[RowOutcome.CHANGED]
        return changed

    assert all_at_once(change, count=4) == [300, 300, 300, 300]

    for room in Room.objects.all():
        versions = RoomChange.objects.filter(room_id=room.pk).order_by("version")
        assert list(versions.values_list("version", flat=True)) == list(range(1, 32))
        assert room.version == 31
