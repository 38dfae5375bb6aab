"""The measuring: rounds that take turns (A B A B), so that a busy machine is busy for both."""

from dataclasses import dataclass, field
from itertools import islice
from statistics import median

import psycopg

from tests.tools.bench.client import exchange
from tests.tools.bench.processor import processor_time

CROWD = 16
# What each change leaves behind: a version, and a row of history.
TALLY = """
SELECT (SELECT coalesce(sum(version), 0) FROM rooms_room WHERE id = ANY(%(rooms)s::uuid[])),
    (SELECT count(*) FROM rooms_roomchange WHERE room_id = ANY(%(rooms)s::uuid[]))
"""


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


@dataclass
class Entrant:
    """A side with the work that it does and the headers that say who asks."""

    side: object
    work: object
    headers: dict[str, str]
    # How many changes of rooms were asked for so far.
    moves: int = 0
    is_warm: bool = False

    @property
    def name(self):
        return self.side.name

    @property
    def pid(self):
        return self.side.server.process.pid

    def run(self, load):
        """Send so much load; return each request's seconds, those of all, and the statuses."""
        done, wall = self._send(load)
        for request, answer in done:
            request.check(answer)
        self._compare([(one.path, answer.header("ETag")) for one, answer in done if one.moves == 1])
        self.moves += sum(request.moves for request, _ in done)
        return [answer.took for _, answer in done], wall, {answer.status for _, answer in done}

    def warm_up(self, load):
        """Ask for each room once, and then for half as much as in a round; nobody counts it.

        The first change of a page since the last checkpoint is logged whole, and the first
        reader of a page fetches it: rooms that are in use have that behind them.
        """
        if self.work.rooms and not self.is_warm:
            self.run(Load(requests=len(self.work.rooms), connections=CROWD))
        self.is_warm = True
        requests = load.requests and max(load.requests // 4, 1)
        self.run(Load(requests, load.seconds and load.seconds / 2, load.connections))

    def tally(self):
        """Return by how much versions and history are ahead of the changes asked for: for good."""
        if not (self.side.has_versions and self.work.rooms):
            return None
        with psycopg.connect(self.side.url) as connection:
            found = connection.execute(TALLY, {"rooms": self.work.rooms}).fetchone()
        return [number - self.moves for number in found]

    def _send(self, load):
        server = self.side.server
        requests = islice(self.work.requests, load.requests)
        encoded = ((request, request.encoded(self.headers)) for request in requests)
        return exchange((server.host, server.port), encoded, load.connections, load.seconds)

    def _compare(self, moved):
        if not self.side.has_versions:
            return
        if len(set(moved)) < len(moved) or not all(tag for _, tag in moved):
            raise RuntimeError(f"{self.name}: two changes of a room are one version.")


def measure(entrants, cluster, load, rounds):
    """Return the Times of each entrant: `rounds` of so much load, in turns."""
    times = [Times() for _ in entrants]
    pairs = list(zip(entrants, times, strict=True))
    before = [entrant.tally() for entrant in entrants]
    for entrant in entrants:
        entrant.warm_up(load)
    for number in range(rounds):
        # Whoever goes first has the caches of the one before: they take turns in that as well.
        for entrant, found in pairs if number % 2 == 0 else reversed(pairs):
            _round(entrant, found, cluster, load)
    for entrant, was in zip(entrants, before, strict=True):
        if entrant.tally() != was:
            raise RuntimeError(f"{entrant.name}: changes were answered that are not there.")
    return times


def _round(entrant, times, cluster, load):
    before = processor_time(entrant.pid), processor_time(cluster.process.pid)
    took, wall, statuses = entrant.run(load)
    times.server += processor_time(entrant.pid) - before[0]
    times.database += processor_time(cluster.process.pid) - before[1]
    times.rounds.append(took)
    times.walls.append(wall)
    times.statuses |= statuses
