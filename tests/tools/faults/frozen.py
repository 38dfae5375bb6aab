"""A database that accepts everything and answers nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.tools.faults.service import Finding

CALLS = 4


def run(service, options):
    caller = service.caller
    with service.database.frozen(), ThreadPoolExecutor(CALLS) as pool:
        ready = _timed(lambda: caller.call("GET", "/readyz"))
        changes = list(pool.map(lambda _: _timed(lambda: caller.put(5)), range(CALLS)))
    yield _finding("frozen database: /readyz", [ready], 2)
    yield _finding(f"frozen database: the slowest of {CALLS} PUTs", changes, 4)
    start = time.monotonic()
    while caller.put(9).status != 200:
        pass
    yield Finding(
        "frozen database: first 200 after it", f"{time.monotonic() - start:.1f} s", "", None
    )


def _timed(act):
    """Return the status of an answer and the seconds until it."""
    start = time.monotonic()
    return act().status, time.monotonic() - start


def _finding(what, answers, most):
    statuses, seconds = zip(*answers, strict=True)
    is_met = set(statuses) == {503} and max(seconds) < most
    shown = " and ".join(map(str, sorted(set(statuses))))
    return Finding(what, f"{shown} after {max(seconds):.1f} s", f"503 within {most} s", is_met)
