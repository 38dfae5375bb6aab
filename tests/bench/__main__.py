"""Measure, and print: python -m tests.bench [--quick]."""

import argparse
import sys

import psycopg

from tests.bench import results
from tests.bench.contenders import log_statements, ours
from tests.bench.results import Result
from tests.bench.rounds import measure, statements
from tests.bench.work import api, pages
from tests.postgres import clean_up_when_told_to_end, cluster


def main(arguments=None):
    asked = _read(arguments)
    with cluster(durable=True, extension="pg_trgm") as database:
        print(results.machine(_version(database)), flush=True)
        print(f"loading {' and '.join(f'{rooms:,}' for rooms in asked.rooms)} rooms", flush=True)
        with ours(database, asked.rooms) as sides:
            print(f"\n{' against '.join(side.name for side in reversed(sides))}\n")
            found = list(_all(asked, sides, database))
    return _verdict(found)


def _all(asked, sides, database):
    """Measure every piece of work whose name is asked for, printing each as it is done."""
    if not asked.quick:
        print(results.head())
    for kind, headers in (
        (pages, lambda side: side.as_person),
        (api, lambda side: side.as_program),
    ):
        for works in zip(*(kind(side.rows) for side in sides), strict=True):
            if asked.only in works[0].name:
                found = _one(asked, sides, works, headers, database)
                print(found.short_line() if asked.quick else found.line(), flush=True)
                yield found


def _one(asked, sides, works, headers, database):
    times = measure(sides, works, headers, database, rounds=asked.rounds, requests=asked.requests)
    # Apart from the times, because writing a log takes some.
    log_statements(database, on=True)
    counts = [
        statements(side, work, headers, database.log)
        for side, work in zip(sides, works, strict=True)
    ]
    log_statements(database, on=False)
    return Result(works[0].name, times, counts)


def _verdict(found):
    slow = [one for one in found if one.ratio > results.MOST_TIMES]
    more = [one.name for one in found if len(set(one.statements)) > 1]
    quick = len(found) - len(slow)
    print(f"\n{quick} of {len(found)} take at most {results.MOST_TIMES} times as long.")
    for one in slow:
        print(f"  not: {one.name} ({one.ratio:.2f})")
    if more:
        print(f"More statements where there are more rooms: {', '.join(more)}")
    return 0


def _read(arguments):
    parser = argparse.ArgumentParser(prog="./run bench", description="How fast Greenroom is.")
    parser.add_argument("--quick", action="store_true", help="fewer rooms, ratios only")
    parser.add_argument("--rooms", type=int, nargs=2, help="how many rooms, few and many")
    parser.add_argument("--rounds", type=int, help="rounds of each side")
    parser.add_argument("--requests", type=int, help="requests of each round")
    parser.add_argument("--only", default="", help="only the work whose name has this in it")
    asked = parser.parse_args(arguments)
    asked.rooms = asked.rooms or ([10_000, 100_000] if asked.quick else [10_000, 1_000_000])
    asked.rounds = asked.rounds or (3 if asked.quick else 5)
    asked.requests = asked.requests or (3 if asked.quick else 5)
    return asked


def _version(database):
    with psycopg.connect(database.url) as connection:
        return connection.execute("SHOW server_version").fetchone()[0]


if __name__ == "__main__":
    clean_up_when_told_to_end()
    sys.exit(main())
