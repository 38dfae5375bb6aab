"""Ours on many rooms against ours on few: every page and every call, as ratios."""

from tests.bench import results
from tests.bench.contenders import log_statements
from tests.bench.results import Result
from tests.bench.rounds import Entrant, Load, measure, statements
from tests.bench.work import api, pages

# What programs do all at once.
CROWDED = ("PUT of one field", "GET", "GET list, first page")
# Of the pages, what a quick run has time for.
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
                for load in _loads(asked, works[0].name):
                    found = _one(asked, entrants, database, load)
                    print(found.short_line() if asked.quick else found.line(), flush=True)
                    yield found


def _has_time(asked, kind, name):
    return kind is api or not asked.quick or name in QUICK_PAGES


def _loads(asked, name):
    yield Load(asked.requests)
    if name in CROWDED and not asked.quick:
        yield Load(seconds=asked.seconds, connections=16)


def _one(asked, entrants, database, load):
    times = measure(entrants, database, load, asked.rounds)
    name = entrants[0].work.name
    if load.connections > 1:
        name += f" at {load.connections} connections"
    if asked.quick:
        return Result(name, times, [])
    # Apart from the times, because writing a log takes some.
    with log_statements(database):
        counts = [statements(entrant, database.log) for entrant in entrants]
    return Result(name, times, counts)


def _verdict(found):
    slow = [one for one in found if one.ratio > results.MOST_TIMES]
    more = [one.name for one in found if len(set(one.statements)) > 1]
    quick = len(found) - len(slow)
    print(f"\n{quick} of {len(found)} take at most {results.MOST_TIMES} times as long.")
    for one in slow:
        print(f"  not: {one.name} ({one.ratio:.2f})")
    if more:
        print(f"More statements where there are more rooms: {', '.join(more)}")
