"""Ours on many rooms against ours on few: every page and every call, as ratios."""

from tests.tools.bench import results
from tests.tools.bench.logged import log_statements, statements
from tests.tools.bench.results import Result
from tests.tools.bench.rounds import CROWD, Entrant, Load, measure
from tests.tools.bench.work import api, pages

# What many do at once, and which pages a quick run has time for.
CROWDED = ("the list", "a room's page", "PUT of one field", "PUT that changes nothing", "GET")
CROWDED += ("GET list, first page", "GET list, 1,000th page", "GET list, quality=1080p")
CROWDED += ("GET list, status=open", "GET list, search=berlin")
QUICK_PAGES = ("the list", "the list, 1,000th page", "the list, search=kestrel", "a room's page")


def run(asked, sides, database):
    """Measure every piece of work whose name is asked for, printing each as it is done."""
    print(f"\n## {' against '.join(side.name for side in reversed(sides))}\n")
    if not asked.quick:
        print(results.head())
    found = list(_all(asked, sides, database))
    _verdict(found)
    return found


def _all(asked, sides, database):
    for kind, headers in (
        (pages, lambda side: side.as_person),
        (api, lambda side: side.as_program),
    ):
        for works in zip(*(kind(side.rows) for side in sides), strict=True):
            if asked.only in works[0].name and _has_time(asked, kind, works[0].name):
                entrants = [
                    Entrant(side, work, headers(side))
                    for side, work in zip(sides, works, strict=True)
                ]
                counts = _statements(asked, entrants, database)
                for connections in _connections(asked, works[0].name):
                    load = Load(seconds=asked.seconds, connections=connections)
                    found = _one(asked, entrants, database, load, counts)
                    print(found.short_line() if asked.quick else found.line(), flush=True)
                    yield found


def _has_time(asked, kind, name):
    return kind is api or not asked.quick or name in QUICK_PAGES


def _connections(asked, name):
    return (1, CROWD) if name in CROWDED and not asked.quick else (1,)


def _one(asked, entrants, database, load, counts):
    times = measure(entrants, database, load, asked.rounds)
    name = entrants[0].work.name
    if load.connections > 1:
        name += f" at {load.connections} connections"
    return Result(name, times, counts)


def _statements(asked, entrants, database):
    if asked.quick:
        return []
    # Apart from the times, because writing a log takes some.
    with log_statements(database):
        return [statements(entrant, database.log) for entrant in entrants]


def _verdict(found):
    slow = [one for one in found if one.ratio > results.MOST_TIMES]
    more = [one.name for one in found if len(set(one.statements)) > 1]
    quick = len(found) - len(slow)
    print(f"\n{quick} of {len(found)} take at most {results.MOST_TIMES} times as long.")
    for one in slow:
        print(f"  not: {one.name} ({one.ratio:.2f})")
    if more:
        print(f"More statements where there are more rooms: {', '.join(more)}")
