"""The measuring: rounds that take turns (A B A B), so that a busy machine is busy for both."""

import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median, mode

from tests.bench.client import exchange

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Times:
    """What one side took for one piece of work."""

    # Seconds of each request, round by round.
    rounds: list[list[float]] = field(default_factory=list)
    # Seconds of each round, from the first byte sent to the last one read.
    walls: list[float] = field(default_factory=list)
    # Seconds of processor time, of all rounds.
    server: float = 0.0
    database: float = 0.0
    statuses: set[int] = field(default_factory=set)

    def all(self):
        return sorted(seconds for one in self.rounds for seconds in one)

    def at(self, percent):
        """Return the nearest rank: a time that was measured, not one between two."""
        ordered = self.all()
        return ordered[(len(ordered) * percent + 99) // 100 - 1]

    def medians(self):
        return [median(one) for one in self.rounds]

    def rates(self):
        """Return how many requests a second were answered, of each round."""
        return [len(one) / wall for one, wall in zip(self.rounds, self.walls, strict=True)]


@dataclass(frozen=True)
class Load:
    """How much is sent in a round: a number of requests or, where `seconds` says so, a time."""

    requests: int | None = None
    seconds: float | None = None
    connections: int = 1

    def smaller(self):
        """Return what warms up: it is measured and forgotten."""
        return Load(
            self.requests and max(self.requests // 4, 1),
            self.seconds and self.seconds / 2,
            self.connections,
        )


@dataclass(frozen=True)
class Entrant:
    """A side with the work that it does and the headers that say who asks."""

    side: object
    work: object
    headers: dict[str, str]


def measure(entrants, cluster, load, rounds, *, warm=True):
    """Return the Times of each entrant: `rounds` of so much load, in turns."""
    times = [Times() for _ in entrants]
    pairs = list(zip(entrants, times, strict=True))
    for entrant in entrants if warm else ():
        _round(entrant, Times(), cluster, load.smaller())
    for number in range(rounds):
        # Whoever goes first has the caches of the one before: they take turns in that as well.
        for entrant, found in pairs if number % 2 == 0 else reversed(pairs):
            _round(entrant, found, cluster, load)
    return times


def _round(entrant, times, cluster, load):
    server, database = entrant.side.server.process.pid, cluster.process.pid
    before = processor_time(server), processor_time(database)
    done, wall = _send(entrant, load)
    times.server += processor_time(server) - before[0]
    times.database += processor_time(database) - before[1]
    times.rounds.append([answer.took for _, answer in done])
    times.walls.append(wall)
    times.statuses |= {answer.status for _, answer in done}
    _check(entrant, done)


def _send(entrant, load):
    server = entrant.side.server
    requests = islice(entrant.work.requests, load.requests)
    encoded = ((request, request.encoded(entrant.headers)) for request in requests)
    return exchange((server.host, server.port), encoded, load.connections, load.seconds)


def _check(entrant, done):
    """Raise RuntimeError unless each answer is right and each change made a version of its own."""
    for request, answer in done:
        request.check(answer)
    if entrant.side.has_versions:
        moved = [(one.path, answer.header("ETag")) for one, answer in done if one.moves]
        if len(set(moved)) < len(moved) or not all(tag for _, tag in moved):
            raise RuntimeError(f"{entrant.side.name}: two changes of a room are one version.")


def statements(entrant, log):
    """Return how many statements one request sends, BEGIN and COMMIT among them.

    The database writes each to the file `log` (contenders.log_statements).
    """
    # So that every thread has its connection to the database.
    _send(entrant, Load(requests=32, connections=16))
    # As most of them do: once a minute a call also notes that its token was used, and a new
    # connection asks for things once.
    return mode(count_of(recorded(entrant, log)) for _ in range(9))


def count_of(log):
    return sum(log.count(word) for word in ("LOG:  statement: ", "LOG:  execute "))


def recorded(entrant, log):
    """Return what the database logs of one request."""
    start = log.stat().st_size
    _check(entrant, _send(entrant, Load(requests=1))[0])
    with log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")


def processor_time(pid):
    """Return the seconds of processor time of a process and of all that it started."""
    return sum(map(_own_time, tree(pid)))


def _own_time(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # After the name, which may hold blanks: user and system time.
    fields = text.rpartition(")")[2].split()
    # And those of its children that have ended.
    return sum(map(int, fields[11:15])) / TICKS


def tree(pid):
    """Yield a process and all that it started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in thread.read_text().split():
            yield from tree(int(child))
