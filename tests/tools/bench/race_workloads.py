"""The workloads of the race: each participant gets the same requests for its own URLs and rooms."""

import itertools
import json
from dataclasses import replace

import psycopg

from tests.tools.bench.bodies import all_fields, invalid_fields, no_change, one_field
from tests.tools.bench.client import send_all
from tests.tools.bench.rounds import Participant
from tests.tools.bench.workloads import (
    ANY_ROOM,
    COMPLETE_PAGE,
    FILTERED,
    ROOMS,
    Request,
    Workload,
    always,
    each,
    puts,
)

STOCK, STOCK_PAGES = "/api/rooms/", "/admin/stock/room/"
# Filters that all servers support.
FILTERS = ("quality=1080p", "search=berlin")
PUT_ONE, GET_UNCHANGED = "PUT of one field", "GET with If-None-Match"
LIST_PAGE = "staff list page"
PUTS = (
    (PUT_ONE, one_field, 1, 200),
    ("PUT of all fields", all_fields, 1, 200),
    ("PUT that changes nothing", no_change, 0, 200),
    ("PUT that is refused", invalid_fields, 0, 422),
)


def divide_rooms(*sides):
    """Return the sides, each with its own rooms, so that no side changes another's rooms."""
    count = len(sides)
    return [
        replace(side, rows=replace(side.rows, room_ids=side.rows.room_ids[number::count]))
        for number, side in enumerate(sides)
    ]


def require_same_responses(greenroom, hand):
    """Raise RuntimeError unless both services return the same room and the same lists."""
    room = f"{ROOMS}/{greenroom.rows.room_ids[0]}"
    for path in (room, ROOMS, *(f"{ROOMS}?{query}" for query in FILTERS)):
        responses = [_response(side, path) for side in (greenroom, hand)]
        if responses[0] != responses[1]:
            raise RuntimeError(f"{path}: the service by hand differs from Greenroom.")


def _response(side, path):
    request = Request(path)
    requests = iter([(request, request.encoded(side.api_headers))])
    done, _ = send_all((side.server.host, side.server.port), requests)
    body = json.loads(done[0][1].body)
    # The links differ.
    return body.get("data", body)


def groups(greenroom, stock, hand):
    """Yield for each workload its participants, Greenroom first."""
    yield from _changes(greenroom, stock, hand)
    yield [_gets(side, path) for side, path in _paths(greenroom, stock, hand)]
    yield [_by_api_client(side, _unchanged(side)) for side in (greenroom, hand)]
    deep = f"?page_number=1&page_token=PA{greenroom.rows.before_deep_page}"
    # Stock counts pages of all rooms: use the page at the same depth.
    numbered = f"?page={greenroom.rows.depth // 50 + 1}"
    contents = {name: (contains, excludes) for name, contains, excludes in FILTERED}
    for name, query, stock_query in (
        ("first page", "", ""),
        ("1,000th page", deep, numbered),
        *((name, f"?{name}", f"?{name}") for name in FILTERS),
    ):
        contains, excludes = contents.get(name, (ANY_ROOM, ""))
        yield [
            _by_api_client(
                side,
                always(f"GET list, {name}", Request(path, contains=contains, excludes=excludes)),
            )
            for side, path in (
                *((greenroom, ROOMS + query), (stock, STOCK + stock_query)),
                (hand, ROOMS + query),
            )
        ]
    yield from _pages(greenroom, stock)


def _pages(greenroom, stock):
    yield [
        _by_user(side, always(LIST_PAGE, Request(path, contains=COMPLETE_PAGE)))
        for side, path in ((greenroom, "/"), (stock, STOCK_PAGES))
    ]
    yield [
        _by_user(side, each("staff page of a room", side.rows.room_ids[:32], path))
        for side, path in ((greenroom, "/rooms/{}"), (stock, f"{STOCK_PAGES}{{}}/change/"))
    ]


def _changes(greenroom, stock, hand):
    for name, body_of, changes, status in PUTS:
        api = {"changes": changes, "status": status}
        # REST framework's PUT requires every field, so stock uses PATCH.
        rest_framework = {"path": f"{STOCK}{{}}/", "method": "PATCH", "status": min(status, 400)}
        yield [
            _by_api_client(side, puts(name, side.rows.room_ids, body_of, **arguments))
            for side, arguments in ((greenroom, api), (stock, rest_framework), (hand, api))
        ]


def _paths(greenroom, stock, hand):
    return (greenroom, f"{ROOMS}/{{}}"), (stock, f"{STOCK}{{}}/"), (hand, f"{ROOMS}/{{}}")


def _gets(side, path):
    return _by_api_client(side, each("GET", side.rows.room_ids, path))


def _by_api_client(side, workload):
    return Participant(side, workload, side.api_headers)


def _by_user(side, workload):
    return Participant(side, workload, side.page_headers)


def _unchanged(side):
    with psycopg.connect(side.url) as connection:
        rooms = connection.execute(
            # A room that a client may have seen live at this version gets a full response.
            "SELECT id::text, version FROM rooms_room room WHERE id = ANY(%s::uuid[])"
            " AND NOT EXISTS (SELECT FROM room_sessions_roomsession WHERE room_id = room.id)",
            (side.rows.room_ids,),
        )
        requests = [
            Request(f"{ROOMS}/{room}", headers={"If-None-Match": f'"{version}"'}, statuses=(304,))
            for room, version in rooms
        ]
    return Workload(GET_UNCHANGED, itertools.cycle(requests), side.rows.room_ids)
