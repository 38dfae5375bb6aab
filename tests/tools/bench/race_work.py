"""What each of those who race is asked: the same, at its own address and of its own rooms."""

import itertools
import json
from dataclasses import replace

import psycopg

from tests.tools.bench.bodies import all_fields, no_field, one_field, too_much
from tests.tools.bench.client import exchange
from tests.tools.bench.rounds import Entrant
from tests.tools.bench.work import FILTERED, ROOMS, SOME, WHOLE, Request, Work, always, each, puts

STOCK, STOCK_PAGES = "/api/rooms/", "/admin/stock/room/"
# How all of them narrow a list.
NARROWED = ("quality=1080p", "search=berlin")
PUT_ONE, GET_UNCHANGED = "PUT of one field", "GET with If-None-Match"
PUTS = (
    (PUT_ONE, one_field, 1, 200),
    ("PUT of all fields", all_fields, 1, 200),
    ("PUT that changes nothing", no_field, 0, 200),
    ("PUT that is refused", too_much, 0, 422),
)


def shares(*sides):
    """Return the sides, each with rooms of its own: nobody changes what another one sent."""
    count = len(sides)
    return [
        replace(side, rows=replace(side.rows, room_ids=side.rows.room_ids[number::count]))
        for number, side in enumerate(sides)
    ]


def agree(ours, hand):
    """Raise RuntimeError unless by hand answers what ours does, of a room and of lists."""
    room = f"{ROOMS}/{ours.rows.room_ids[0]}"
    for path in (room, ROOMS, *(f"{ROOMS}?{query}" for query in NARROWED)):
        answers = [_answered(side, path) for side in (ours, hand)]
        if answers[0] != answers[1]:
            raise RuntimeError(f"By hand answers {path} as ours does not.")


def _answered(side, path):
    request = Request(path)
    sent = iter([(request, request.encoded(side.as_program))])
    done, _ = exchange((side.server.host, side.server.port), sent)
    found = json.loads(done[0][1].body)
    # The links are worded otherwise.
    return found.get("data", found)


def turns(ours, stock, hand):
    """Yield for each piece of work those who do it, ours first."""
    yield from _changes(ours, stock, hand)
    yield [_one_after_the_other(side, path) for side, path in _paths(ours, stock, hand)]
    yield [_program(side, _unchanged(side)) for side in (ours, hand)]
    deep = f"?page_number=1&page_token=PA{ours.rows.middle}"
    # Pages by number, of all rooms there are: the one that lies as deep.
    numbered = f"?page={ours.rows.depth // 50 + 1}"
    only = {name: (holds, lacks) for name, holds, lacks in FILTERED}
    for name, query, theirs in (
        ("first page", "", ""),
        ("1,000th page", deep, numbered),
        *((name, f"?{name}", f"?{name}") for name in NARROWED),
    ):
        holds, lacks = only.get(name, (SOME, ""))
        yield [
            _program(side, always(f"GET list, {name}", Request(path, holds=holds, lacks=lacks)))
            for side, path in (
                *((ours, ROOMS + query), (stock, STOCK + theirs)),
                (hand, ROOMS + query),
            )
        ]
    yield from _pages(ours, stock)


def _pages(ours, stock):
    yield [
        _person(side, always("the staff's list", Request(path, holds=WHOLE)))
        for side, path in ((ours, "/"), (stock, STOCK_PAGES))
    ]
    yield [
        _person(side, each("the staff's page of a room", side.rows.room_ids[:32], path))
        for side, path in ((ours, "/rooms/{}"), (stock, f"{STOCK_PAGES}{{}}/change/"))
    ]


def _changes(ours, stock, hand):
    for name, body_of, moves, status in PUTS:
        here = {"moves": moves, "status": status}
        # For REST framework a PUT names every field that a room must have: PATCH is its way.
        there = {"path": f"{STOCK}{{}}/", "method": "PATCH", "status": min(status, 400)}
        yield [
            _program(side, puts(name, side.rows.room_ids, body_of, **how))
            for side, how in ((ours, here), (stock, there), (hand, here))
        ]


def _paths(ours, stock, hand):
    return (ours, f"{ROOMS}/{{}}"), (stock, f"{STOCK}{{}}/"), (hand, f"{ROOMS}/{{}}")


def _one_after_the_other(side, path):
    return _program(side, each("GET", side.rows.room_ids, path))


def _program(side, work):
    return Entrant(side, work, side.as_program)


def _person(side, work):
    return Entrant(side, work, side.as_person)


def _unchanged(side):
    with psycopg.connect(side.url) as connection:
        found = connection.execute(
            # Who may have seen a room live at this version is answered in full.
            "SELECT id::text, version FROM rooms_room room WHERE id = ANY(%s::uuid[])"
            " AND NOT EXISTS (SELECT FROM room_sessions_roomsession WHERE room_id = room.id)",
            (side.rows.room_ids,),
        )
        asked = [
            Request(f"{ROOMS}/{room}", headers={"If-None-Match": f'"{version}"'}, statuses=(304,))
            for room, version in found
        ]
    return Work(GET_UNCHANGED, itertools.cycle(asked), side.rows.room_ids)
