"""Measure, and print: python -m tests.tools.bench [--quick]."""

import argparse
import sys
import time

import psycopg

from tests.support.lending import clean_up_when_told_to_end
from tests.support.postgres import cluster
from tests.tools.bench import many, race, results, sizes, targets
from tests.tools.bench.contenders import ours


def main(arguments=None):
    asked, began = _read(arguments), time.monotonic()
    with cluster(durable=True, extension="pg_trgm") as database:
        print(f"./run bench {' '.join(arguments or sys.argv[1:])}".rstrip())
        print(results.machine(_settings(database)), flush=True)
        with ours(database, asked.rooms) as sides:
            targets.show(*(part.run(asked, sides, database) for part in (race, sizes, many)))
    print(f"\nAll of it in {time.monotonic() - began:.0f} s", flush=True)
    return 0


def _read(arguments):
    parser = argparse.ArgumentParser(prog="./run bench", description="How fast Greenroom is.")
    parser.add_argument("--quick", action="store_true", help="fewer rooms, ratios only")
    parser.add_argument("--rooms", type=int, nargs=2, help="how many rooms, few and many")
    parser.add_argument("--rounds", type=int, help="rounds of each side")
    parser.add_argument("--seconds", type=float, help="seconds of each round")
    parser.add_argument("--only", default="", help="only the work whose name has this in it")
    asked = parser.parse_args(arguments)
    asked.rooms = asked.rooms or ([10_000, 100_000] if asked.quick else [10_000, 1_000_000])
    asked.rounds = asked.rounds or (3 if asked.quick else 5)
    asked.seconds = asked.seconds or (0.15 if asked.quick else 0.3)
    return asked


def _settings(database):
    """Return what is told of the database: its version, and how it keeps its promises."""
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    with psycopg.connect(database.url) as connection:
        values = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in names}
    version = values.pop("server_version")
    return f"PostgreSQL {version}, " + ", ".join(" ".join(pair) for pair in values.items())


if __name__ == "__main__":
    clean_up_when_told_to_end()
    sys.exit(main())
