"""A database that accepts everything and answers nothing."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.tools.faults.service import Finding, timed

CALLS = 4


def run(service, options):
    caller = service.caller
    with service.database.frozen(), ThreadPoolExecutor(CALLS) as pool:
        ready = timed(lambda: caller.call("GET", "/readyz"))
        changes = list(pool.map(lambda _: timed(lambda: caller.put(5)), range(CALLS)))
    yield Finding.of_seconds("frozen database: /readyz", [ready], 503, 2)
    yield Finding.of_seconds(f"frozen database: the slowest of {CALLS} PUTs", changes, 503, 4)
    start = time.monotonic()
    while caller.put(9).status != 200:
        pass
    yield Finding(
        "frozen database: first 200 after it", f"{time.monotonic() - start:.1f} s", "", None
    )
