"""600 connections of one address that leave large responses unread."""

from contextlib import ExitStack, suppress

from tests.support import raw_http
from tests.support.raw_http import request
from tests.support.unread import FILE_REQUEST, HOST, read_nothing
from tests.tools.faults.service import Finding, timed

CONNECTIONS, STRANGER, TIMES, MOST = 600, "127.0.0.2", 5, 4


def run(service, options):
    caller, server = service.caller, service.server
    alive = request("GET", "/healthz", HOST, None)
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            # The server refuses those above its limit.
            with suppress(OSError):
                stack.enter_context(read_nothing(server, FILE_REQUEST, STRANGER))
        probes = [timed(lambda: raw_http.send(server, alive, "GET")) for _ in range(TIMES)]
        changes = [timed(lambda: caller.put(5)) for _ in range(TIMES)]
    what = f"{CONNECTIONS} unread responses: the slowest of {TIMES}"
    yield Finding.of_seconds(f"{what} /healthz", probes, 200, MOST)
    yield Finding.of_seconds(f"{what} PUTs", changes, 200, MOST)
