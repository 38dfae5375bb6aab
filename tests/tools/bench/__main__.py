"""Run the benchmark and print its results: python -m tests.tools.bench [--quick], or pages."""

import argparse
import sys
import time
from importlib import import_module

import psycopg

from tests.support.lending import clean_up_when_told_to_end
from tests.support.postgres import cluster
from tests.tools.bench import bulk, pages, race, results, sizes, targets
from tests.tools.bench.contenders import greenroom


def main(arguments=None):
    options, start = _options(arguments), time.monotonic()
    if options.only == "mixer":
        # PyAV is needed for this part only.
        return import_module("tests.tools.bench.mixer").run()
    with cluster(durable=True, extension="pg_trgm") as database:
        print(f"./run bench {' '.join(arguments or sys.argv[1:])}".rstrip())
        print(results.machine(_settings(database)), flush=True)
        with greenroom(database, options.rooms) as sides:
            targets.show(*(module.run(options, sides, database) for module in (race, sizes, bulk)))
    print(f"\nFinished in {time.monotonic() - start:.0f} s", flush=True)
    return 0


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="./run bench", description="Measure the speed of Greenroom."
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rooms, shorter rounds, ratios only"
    )
    parser.add_argument(
        "--rooms", type=int, nargs=2, help="the sizes of the two databases, smaller first"
    )
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--seconds", type=float, help="length of a round in seconds")
    parser.add_argument(
        "--only", default="", help="only workloads whose name contains this, or mixer"
    )
    options = parser.parse_args(arguments)
    options.rooms = options.rooms or ([10_000, 100_000] if options.quick else [10_000, 1_000_000])
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (0.15 if options.quick else 0.3)
    return options


def _settings(database):
    """Return the version of PostgreSQL and its settings for durability and memory."""
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    with psycopg.connect(database.url) as connection:
        values = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in names}
    version = values.pop("server_version")
    return f"PostgreSQL {version}, " + ", ".join(" ".join(pair) for pair in values.items())


if __name__ == "__main__":
    clean_up_when_told_to_end()
    sys.exit(pages.main(*sys.argv[2:]) if sys.argv[1:2] == ["pages"] else main())
