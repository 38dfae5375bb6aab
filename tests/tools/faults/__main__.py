"""Measure the effect of each fault and print a table: python -m tests.tools.faults."""

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager

from tests.support.database_away import Caller
from tests.support.lending import clean_up_when_told_to_end
from tests.support.postgres import cluster
from tests.support.server import manage, start_server
from tests.tools.bench.results import machine, row
from tests.tools.faults import bodies, dry_runs, frozen, sign_ins, unread
from tests.tools.faults.service import Service

# Each module has run(service, options), which yields findings. The database freezes last.
FAULTS = {"sign-ins": sign_ins, "dry-runs": dry_runs, "bodies": bodies}
FAULTS |= {"unread": unread, "frozen": frozen}


def main(arguments=None):
    options, start = _options(arguments), time.monotonic()
    print(machine("throw-away PostgreSQL without fsync"), end="\n\n", flush=True)
    print(row("what", "figure", "target", "result"), row(*["---"] * 4), sep="\n", flush=True)
    with running() as service:
        for name in options.only or FAULTS:
            for finding in FAULTS[name].run(service, options):
                print(finding.line(), flush=True)
    print(f"\nFinished in {time.monotonic() - start:.0f} s", flush=True)
    return 0


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="./run faults", description="Measure a server while strangers and outages disturb it."
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="number of quiet and disturbed rounds"
    )
    parser.add_argument("--seconds", type=float, default=2, help="length of a round in seconds")
    parser.add_argument("only", nargs="*", choices=[[], *FAULTS], help="these faults only")
    return parser.parse_args(arguments)


@contextmanager
def running():
    """Yield a Service: a server with default settings on a PostgreSQL of its own."""
    with cluster() as database, tempfile.TemporaryDirectory(prefix="greenroom-faults-") as data:
        env = {"DATABASE_URL": database.url, "GREENROOM_DATA": data, "SECRET_KEY": "f" * 64}
        # Bodies are held for as long as a server permits.
        env["BODY_TIMEOUT"] = "60"
        env |= {"ALLOWED_HOSTS": "localhost", "DEBUG": "false", "HTTPS": "false"}
        # All clients have one address.
        env |= {"CONNECTIONS_PER_ADDRESS": "300"}
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        with start_server(env) as server:
            yield Service(server, database, Caller(server, env))


if __name__ == "__main__":
    clean_up_when_told_to_end()
    sys.exit(main())
