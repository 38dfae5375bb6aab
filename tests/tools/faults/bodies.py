"""200 anonymous connections that hold back the last byte of their bodies."""

from contextlib import ExitStack

from tests.support.api import ROOMS_URL
from tests.support.held_bodies import MEGABYTE, hold, resident_bytes
from tests.support.raw_http import request
from tests.tools.faults.service import Finding

CONNECTIONS, ADDRESSES = 200, 4
EACH, MOST = 8 * MEGABYTE, 100 * MEGABYTE
CSV = {"Host": "localhost", "Content-Type": "text/csv"}


def run(service, options):
    before = resident_bytes(service.server)
    with ExitStack() as stack:
        for number in range(CONNECTIONS):
            # A server limits the connections of an address.
            source = f"127.0.0.{2 + number % ADDRESSES}"
            hold(stack, service.server, request("POST", f"{ROOMS_URL}/bulk", CSV), EACH, source)
        status = service.caller.put(5).status
        grown = resident_bytes(service.server) - before
    what = f"memory with {CONNECTIONS} anonymous bodies of 8 MB held"
    figure = f"+{grown / MEGABYTE:.0f} MB; a PUT: {status}"
    yield Finding(what, figure, "< 100 MB; 200", grown < MOST and status == 200)
