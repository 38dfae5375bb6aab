"""A dry run of a change of rooms only reads: it locks nothing and delays no writer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from rooms.bulk.engine import Bulk, Mode, chunks_of
from rooms.changes import change_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory
from tests.support.api import ROOMS_URL, room_url
from tests.support.bulk import BULK_URL, ids
from tests.support.room_history import history_url, last_change

# PostgreSQL declares a cursor for many rows.
READS = ("SELECT", "WITH", "DECLARE")


def calls(room, bulk_id):
    """Yield the calls that change rooms: method, address and body."""
    change = {"select": ids([room]), "change": {"set": {"max_members": 9}}}
    yield "post", ROOMS_URL, {"name": "new"}
    yield "put", room_url(room), {"max_members": 9}
    yield "delete", room_url(room), None
    yield "post", f"{history_url(room)}/{last_change(room).pk}/revert", {}
    yield "post", f"{BULK_URL}/{bulk_id}/revert", {}
    for mode in Mode.values:
        yield "post", BULK_URL, {**change, "mode": mode}
        refused = {**change, "change": {"shift": {"fields": ["join_from"], "by": "P900000D"}}}
        yield "post", BULK_URL, {**refused, "mode": mode}


@pytest.fixture
def bulk_id(api, room):
    sent = {"select": ids([room]), "change": {"set": {"max_members": 8}}}
    return api.post(BULK_URL, sent).json()["bulk_id"]


def writes(call, *sent):
    """Return the statements of a call that may lock or write, savepoints included."""
    with CaptureQueriesContext(connection) as captured:
        response = call(*sent)
    assert response.status_code in (200, 201, 204, 422), response.content
    statements = [query["sql"] for query in captured]
    return [sql for sql in statements if not sql.startswith(READS) or "FOR UPDATE" in sql]


def test_dry_run_of_each_change_of_rooms_only_reads(api, post_csv, room, bulk_id):
    for method, url, body in calls(room, bulk_id):
        assert writes(getattr(api, method), f"{url}?dry_run=true", body) == [], url
    text = f"name,max_members\r\n{room.name},9\r\nnew,5\r\n"
    for query in ("mode=all", "mode=valid", "create=true"):
        assert writes(post_csv, text, f"?dry_run=true&{query}") == [], query


@pytest.mark.parametrize("mode", Mode)
def test_other_connection_changes_a_room_during_a_dry_run(transactional_db, mode):
    rooms = RoomFactory.create_batch(2)
    dry_run = Bulk(Room.objects.all(), TESTS, uuid7(), mode, dry_run=True)
    reported = []

    def change(_):
        try:
            # SQLite would wait for the writer, PostgreSQL for the row, and fail.
            change_room(Room.objects.all(), rooms[0].pk, {"max_members": 7}, by=TESTS)
        finally:
            connection.close()

    def report(result):
        if not reported:
            with ThreadPoolExecutor(1) as other:
                list(other.map(change, range(1)))
        reported.append(result.room_id)

    dry_run.run(dry_run.changing(chunks_of(Room.objects.all(), {"max_members": 9})), report)

    assert reported == sorted(room.pk for room in rooms)
    assert sorted(Room.objects.values_list("max_members", flat=True)) == [7, 20]
