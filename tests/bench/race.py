"""Ours beside the others, on the same rooms: what each is asked, and what came of it."""

import itertools
import math
from dataclasses import dataclass, replace
from statistics import median

import psycopg

from tests.bench import floor, results
from tests.bench.contenders import log_statements
from tests.bench.results import row
from tests.bench.rivals import by_hand, stock
from tests.bench.rounds import Entrant, Load, Times, measure, statements
from tests.bench.work import ROOMS, Request, Work, puts

COLUMNS = ("", "connections", "who", "a second", "of rounds", "p50 ms", "p99 ms")
COLUMNS += ("server CPU ms", "database CPU ms", "SQL", "ours is")
STOCK_ROOMS = "/api/rooms/"
FLOOR, RETURNING = "its statements alone", "one UPDATE … RETURNING"
PUT_ONE, GET_UNCHANGED = "PUT of one field", "GET with If-None-Match"
REFUSED = ({"max_members": 301, "quality": "4k"},)
ALL_FIELDS = tuple(
    {
        "display_name": f"The {word} room",
        "description": f"Where {word} things are said.",
        "max_members": members,
        "quality": "1080p" if members > 250 else "720p",
        "join_from": f"20{members % 70 + 20}-01-05T09:00:00Z",
        "join_until": f"20{members % 70 + 20}-02-05T09:00:00Z",
        "remove_at": f"20{members % 70 + 20}-03-05T09:00:00Z",
        "remove_after_seconds_elapsed": 60 * members,
        "layout": "2x2" if members > 250 else "5up",
        "record_on_start": members > 250,
        "enable_room_previews": members > 250,
        "audio_video_sync": False,
        "meta": {"case": members},
    }
    for word, members in (("green", 201), ("blue", 252))
)


@dataclass
class Race:
    """One piece of work over so many connections: the Times of each who took part."""

    name: str
    connections: int
    times: dict[str, Times]
    statements: dict[str, int]

    def ratio(self, other):
        """Return how many times as many requests ours answers: the median over the rounds."""
        return median(self.ratios(other))

    def ratios(self, other):
        pairs = zip(self.times["ours"].rates(), self.times[other].rates(), strict=True)
        return [ours / theirs for ours, theirs in pairs]

    def lines(self):
        return [self._line(who, times) for who, times in self.times.items()]

    def short_lines(self):
        name = f"{self.name} at {self.connections}"
        for who in list(self.times)[1:]:
            ratios = self.ratios(who)
            spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
            yield f"{median(ratios):5.2f}  {spread}  {name}, beside {who}"

    def server_ms(self, who):
        times = self.times[who]
        return times.server * 1000 / len(times.all())

    def _line(self, who, times):
        rates, count = times.rates(), len(times.all())
        name = self.name + (
            f" ({', '.join(map(str, sorted(times.statuses - {200})))})"
            if (times.statuses - {200})
            else ""
        )
        return row(
            *(name, str(self.connections), who, f"{median(rates):,.0f}"),
            f"{min(rates):,.0f} to {max(rates):,.0f}",
            *(f"{times.at(percent) * 1000:.2f}" for percent in (50, 99)),
            f"{times.server * 1000 / count:.2f}" if times.server else "",
            f"{times.database * 1000 / count:.2f}",
            str(self.statements.get(who, "")),
            "" if who == "ours" else f"{self.ratio(who):.2f} x",
        )


def run(asked, sides, database):
    """Start the others beside ours on the few rooms, and measure each piece of work, in turns."""
    mine = replace(sides[0], name="ours")
    print(f"\n## Ours beside the others, {sides[0].name}\n")
    if not asked.quick:
        print(results.head(COLUMNS))
    with stock(mine) as tutorial, by_hand(mine) as hand:
        return list(_all(asked, (mine, tutorial, hand), database))


def _all(asked, sides, database):
    scripts = None
    for name, asks in works(sides[0]):
        if asked.only not in name:
            continue
        entrants = [
            Entrant(side, Work(name, asks[side.name]), side.as_program)
            for side in sides
            if side.name in asks
        ]
        for connections in (1, 16):
            found = _one(asked, entrants, database, connections)
            if name == PUT_ONE:
                scripts = scripts or _scripts(entrants[0], database)
                _add_floor(asked, found, scripts, sides[0], database)
            print("\n".join(found.short_lines() if asked.quick else found.lines()), flush=True)
            yield found


def _one(asked, entrants, database, connections):
    load = Load(seconds=asked.seconds, connections=connections)
    times = measure(entrants, database, load, asked.rounds)
    names = [entrant.side.name for entrant in entrants]
    counts = []
    if connections == 1 and not asked.quick:
        with log_statements(database):
            counts = [statements(entrant, database.log) for entrant in entrants]
    return Race(
        entrants[0].work.name,
        connections,
        dict(zip(names, times, strict=True)),
        dict(zip(names, counts, strict=False)),
    )


def _scripts(entrant, database):
    with log_statements(database):
        same = floor.of_ours(database, entrant)
    return {FLOOR: same, RETURNING: floor.Script(floor.RETURNING)}


def _add_floor(asked, found, scripts, ours, database):
    rooms = ours.rows.room_ids[: found.connections]
    for name, script in scripts.items():
        rounds = [
            floor.run(database, ours.url, script, rooms, math.ceil(asked.seconds))
            for _ in range(asked.rounds)
        ]
        found.times[name] = Times(
            [took for one in rounds for took in one.rounds],
            [wall for one in rounds for wall in one.walls],
            database=sum(one.database for one in rounds),
        )


def works(ours):
    """Yield each piece of work: its name, and who is asked what; made when it is its turn."""
    rows = ours.rows
    for name, bodies, moves, refusal in (
        (PUT_ONE, None, True, None),
        ("PUT of all fields", ALL_FIELDS, True, None),
        ("PUT that changes nothing", ({"audio_video_sync": False},), False, None),
        ("PUT that is refused", REFUSED, False, 422),
    ):
        more = {"bodies": bodies} if bodies else {}
        here = {**more, "moves": moves, "statuses": (refusal or 200,)}
        there = {**here, "statuses": (400 if refusal else 200,)}
        # For REST framework a PUT names every field that a room must have: PATCH is its way.
        there |= {"path": f"{STOCK_ROOMS}{{}}/", "method": "PATCH"}
        yield (
            name,
            {
                "ours": puts(rows, **here),
                "stock": puts(rows, **there),
                "by hand": puts(rows, **here),
            },
        )
    yield "GET", _each(rows.room_ids)
    yield GET_UNCHANGED, {who: _unchanged(ours) for who in ("ours", "by hand")}
    yield "GET list, first page", _both(ROOMS, STOCK_ROOMS)
    deep = f"{ROOMS}?page_number=1&page_token=PA{rows.middle}"
    yield "GET list, 1,000th page", _both(deep, f"{STOCK_ROOMS}?page=50")


def _each(ids):
    here = {who: [f"{ROOMS}/{one}" for one in ids] for who in ("ours", "by hand")}
    return _cycles({**here, "stock": [f"{STOCK_ROOMS}{one}/" for one in ids]})


def _both(here, there):
    return _cycles({"ours": [here], "stock": [there], "by hand": [here]})


def _cycles(paths):
    return {who: itertools.cycle(list(map(Request, some))) for who, some in paths.items()}


def _unchanged(ours):
    with psycopg.connect(ours.url) as connection:
        found = connection.execute(
            "SELECT id, version FROM rooms_room WHERE id = ANY(%s::uuid[])", (ours.rows.room_ids,)
        )
        return itertools.cycle(
            [
                Request(
                    f"{ROOMS}/{id_}",
                    headers={"If-None-Match": f'"{version}"'},
                    statuses=(200, 304),
                )
                for id_, version in found
            ]
        )
