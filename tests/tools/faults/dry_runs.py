"""16 dry runs of a CSV file with 20,000 rows at once, by one token."""

from concurrent.futures import ThreadPoolExecutor

from tests.support import raw_http
from tests.support.api import ROOMS_URL
from tests.support.raw_http import request
from tests.tools.faults.rounds import compare

AT_ONCE, ROWS = 16, 20_000
URL = f"{ROOMS_URL}/bulk?create=true&dry_run=true"
FILE = "name,display_name,description\n" + "".join(
    f"q{number},abc,{'d' * 20}\n" for number in range(ROWS)
)


def run(service, options):
    what = f"during {AT_ONCE} dry runs of {ROWS:,} rows"
    yield compare(what, service, options, dry_run_again_and_again)


def dry_run_again_and_again(service, over):
    headers = {**service.caller.headers, "Content-Type": "text/csv"}
    data = request("POST", URL, headers, FILE.encode())
    with ThreadPoolExecutor(AT_ONCE) as clients:
        list(clients.map(lambda _: _repeat(service.server, data, over), range(AT_ONCE)))


def _repeat(server, data, over):
    while not over.is_set():
        answer = raw_http.send(server, data, "POST", timeout=120)
        if answer is None or answer.status not in (200, 429):
            raise RuntimeError(f"A dry run failed: {answer}")
        # A refused client waits as Retry-After says.
        over.wait(int(answer.headers.get("retry-after", 0)))
