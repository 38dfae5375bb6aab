"""The measuring: rounds that take turns (A B A B), so that a busy machine is busy for both."""

import http.client
import os
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Times:
    """What one side took for one piece of work."""

    # Seconds of each request, round by round.
    rounds: list[list[float]] = field(default_factory=list)
    # Seconds of processor time, of all rounds.
    server: float = 0.0
    database: float = 0.0

    def all(self):
        return sorted(seconds for one in self.rounds for seconds in one)

    def at(self, percent):
        """Return the nearest rank: a time that was measured, not one between two."""
        ordered = self.all()
        return ordered[(len(ordered) * percent + 99) // 100 - 1]

    def medians(self):
        return [median(one) for one in self.rounds]


class Line:
    """One kept-open connection to a side, which checks every answer."""

    def __init__(self, side, headers):
        self.headers = headers
        self.http = http.client.HTTPConnection(side.server.host, side.server.port, timeout=120)

    def send(self, request):
        """Send a request and return how many seconds the whole answer took."""
        headers = {**self.headers, **request.headers}
        began = time.perf_counter()
        self.http.request(request.method, request.path, request.body, headers)
        answer = self.http.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            text = body[:500].decode(errors="replace")
            raise RuntimeError(f"{request.method} {request.path}: {answer.status}\n{text}")
        return took

    def close(self):
        self.http.close()


def measure(sides, works, headers, cluster, *, rounds, requests):
    """Return the Times of each side for one piece of work: `rounds` of so many requests, in turns.

    `works` has the same work for each side, in their order.
    """
    lines = [Line(side, headers(side)) for side in sides]
    times = [Times() for _ in sides]
    pairs = list(zip(sides, lines, works, times, strict=True))
    # To warm up: it is measured and forgotten.
    for side, line, work, _ in pairs:
        _round(side, line, work, Times(), cluster=cluster, requests=max(requests // 4, 2))
    for number in range(rounds):
        # Whoever goes first has the caches of the one before: they take turns in that as well.
        for side, line, work, found in pairs if number % 2 == 0 else reversed(pairs):
            _round(side, line, work, found, cluster=cluster, requests=requests)
    for line in lines:
        line.close()
    return times


def _round(side, line, work, times, *, cluster, requests):
    server, database = side.server.process.pid, cluster.process.pid
    before = processor_time(server), processor_time(database)
    times.rounds.append([line.send(request) for request in islice(work.requests, requests)])
    times.server += processor_time(server) - before[0]
    times.database += processor_time(database) - before[1]


def statements(side, work, headers, log):
    """Return how many statements one request sends, BEGIN and COMMIT among them.

    The database writes each to the file `log` (contenders.log_statements).
    """
    line = Line(side, headers(side))
    line.send(next(work.requests))
    # The fewest: once a minute a call also notes that its token was used.
    counts = [_written(log, line, work) for _ in range(2)]
    line.close()
    return min(counts)


def _written(log, line, work):
    start = log.stat().st_size
    line.send(next(work.requests))
    with log.open("rb") as file:
        file.seek(start)
        written = file.read()
    return sum(written.count(word) for word in (b"LOG:  statement: ", b"LOG:  execute "))


def processor_time(pid):
    """Return the seconds of processor time of a process and of all that it started."""
    return sum(map(_own_time, _tree(pid)))


def _own_time(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # After the name, which may hold blanks; then user and system time.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _tree(pid):
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from _tree(int(child))
