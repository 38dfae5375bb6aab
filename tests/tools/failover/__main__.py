"""Cause failovers and print their figures: python -m tests.tools.failover [NUMBER] [--haproxy]."""

import argparse
import sys
import time
from contextlib import ExitStack
from itertools import cycle, islice

from tests.support.lending import clean_up_when_told_to_end
from tests.tools.failover.configurations import NODES, missing_programs
from tests.tools.failover.nodes import running_nodes
from tests.tools.failover.promotions import Promotions
from tests.tools.failover.results import table
from tests.tools.failover.rounds import KINDS, Rounds
from tests.tools.failover.service import DATABASE, PASSWORD, ROLE, create_database, serving
from tests.tools.failover.writers import Writers

WRITERS = 8


def main(arguments=None):
    options = _options(arguments)
    if missing := missing_programs():
        sys.exit(f"{', '.join(missing)} missing (Debian: apt install patroni etcd-server haproxy).")
    start, outcomes = time.monotonic(), []
    with ExitStack() as stack:
        rounds = _start(options, stack)
        # An interrupted run shows its figures, too.
        stack.callback(lambda: print(f"\n{table(outcomes)}\n", flush=True))
        for kind in islice(cycle(options.kinds), options.failovers):
            outcomes.append(rounds.run(kind))
            _report(outcomes[-1])
    print(f"Finished in {time.monotonic() - start:.0f} s")
    return int(any(one.faults() for one in outcomes))


def _start(options, stack):
    nodes = stack.enter_context(running_nodes())
    create_database(nodes)
    url = nodes.url(ROLE, PASSWORD, DATABASE) + "?target_session_attrs=read-write"
    if options.haproxy:
        nodes.start_proxy()
        url = f"postgres://{ROLE}:{PASSWORD}@127.0.0.1:{nodes.files.proxy_port}/{DATABASE}"
    print(f"DATABASE_URL={url.replace(PASSWORD, '…')}", flush=True)
    service = stack.enter_context(serving(url, nodes.home))
    writers = stack.enter_context(Writers(service.caller, WRITERS))
    promotions = stack.enter_context(Promotions(_urls(nodes)))
    return Rounds(nodes, service, writers, promotions)


def _urls(nodes):
    """Return the URL of each node."""
    port = nodes.files.ports[5432]
    return {
        node: f"postgres://{ROLE}:{PASSWORD}@{nodes.files.address(node)}:{port}/{DATABASE}"
        for node in NODES
    }


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="./run failover", description="Fail over a Patroni cluster while clients write."
    )
    parser.add_argument("failovers", type=int, nargs="?", default=20, help="how many (20)")
    parser.add_argument("--haproxy", action="store_true", help="connect through HAProxy")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="only these")
    return parser.parse_args(arguments)


def _report(outcome):
    print(
        f"{outcome.kind:10}  first 200 after {outcome.outage:5.1f} s,"
        f" {outcome.after_promotion:.2f} s after the promotion"
        f" (all {outcome.all_after_promotion:.2f} s); removal"
        f" {outcome.removal_after:.1f} s; webhooks {outcome.webhooks_after:.1f} s; slowest"
        f" {outcome.slowest:.2f} s; {dict(outcome.statuses)}",
        *(f"\n  FAULT: {fault}" for fault in outcome.faults()),
        flush=True,
    )


if __name__ == "__main__":
    clean_up_when_told_to_end()
    sys.exit(main())
