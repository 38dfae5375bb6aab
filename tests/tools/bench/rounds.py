"""Measure in alternating rounds (A B, B A, …), so that other load affects all participants."""

from dataclasses import dataclass, field
from itertools import islice
from statistics import median

import psycopg

from tests.tools.bench.client import send_all
from tests.tools.bench.processor import processor_time

MANY_CONNECTIONS = 16
# The traces of a change: a new version and a row in the history.
COUNTS = """
SELECT (SELECT coalesce(sum(version), 0) FROM rooms_room WHERE id = ANY(%(rooms)s::uuid[])),
    (SELECT count(*) FROM rooms_roomchange WHERE room_id = ANY(%(rooms)s::uuid[]))
"""


@dataclass
class Times:
    """The times of one participant for one workload."""

    # The seconds of each request, by round.
    rounds: list[list[float]] = field(default_factory=list)
    # The seconds of each round, from the first byte sent to the last byte received.
    durations: list[float] = field(default_factory=list)
    # The CPU seconds of all rounds.
    server: float = 0.0
    database: float = 0.0
    statuses: set[int] = field(default_factory=set)

    def all(self):
        return sorted(seconds for one in self.rounds for seconds in one)

    def percentile(self, percent):
        """Return the percentile by nearest rank: a measured time, not an interpolated one."""
        ordered = self.all()
        return ordered[(len(ordered) * percent + 99) // 100 - 1]

    def medians(self):
        return [median(one) for one in self.rounds]

    def rates(self):
        """Return the responses a second of each round."""
        return [
            len(one) / duration for one, duration in zip(self.rounds, self.durations, strict=True)
        ]


@dataclass(frozen=True)
class Load:
    """The load of a round: a number of requests or, with `seconds`, a duration."""

    requests: int | None = None
    seconds: float | None = None
    connections: int = 1


@dataclass
class Participant:
    """A side, its workload, and the headers that authenticate it."""

    side: object
    workload: object
    headers: dict[str, str]
    # The number of room changes requested up to now.
    changes: int = 0
    is_warm: bool = False

    @property
    def name(self):
        return self.side.name

    @property
    def pid(self):
        return self.side.server.process.pid

    def run(self, load):
        """Send the load; return the seconds of each request and of the round, and the statuses."""
        responses, duration = self._send(load)
        for request, response in responses:
            request.check(response)
        self._check_versions(
            [(one.path, response.header("ETag")) for one, response in responses if one.changes == 1]
        )
        self.changes += sum(request.changes for request, _ in responses)
        return (
            [response.seconds for _, response in responses],
            duration,
            {response.status for _, response in responses},
        )

    def warm_up(self, load):
        """Request each room once, then send half of a round's load; this is not measured.

        The first use of a database page is slow: PostgreSQL reads it from disk and, after a
        checkpoint, logs it in full. Rooms in use do not have this cost.
        """
        if self.workload.rooms and not self.is_warm:
            self.run(Load(requests=len(self.workload.rooms), connections=MANY_CONNECTIONS))
        self.is_warm = True
        requests = load.requests and max(load.requests // 4, 1)
        self.run(Load(requests, load.seconds and load.seconds / 2, load.connections))

    def surplus(self):
        """Return how far versions and history exceed the requested changes; it must not change."""
        if not (self.side.is_versioned and self.workload.rooms):
            return None
        with psycopg.connect(self.side.url) as connection:
            counts = connection.execute(COUNTS, {"rooms": self.workload.rooms}).fetchone()
        return [number - self.changes for number in counts]

    def _send(self, load):
        server = self.side.server
        requests = islice(self.workload.requests, load.requests)
        encoded = ((request, request.encoded(self.headers)) for request in requests)
        return send_all((server.host, server.port), encoded, load.connections, load.seconds)

    def _check_versions(self, changed):
        if not self.side.is_versioned:
            return
        if len(set(changed)) < len(changed) or not all(tag for _, tag in changed):
            raise RuntimeError(f"{self.name}: two changes of a room have the same version.")


def measure(participants, cluster, load, rounds):
    """Return the Times of each participant after `rounds` alternating rounds of the load."""
    times = [Times() for _ in participants]
    pairs = list(zip(participants, times, strict=True))
    before = [participant.surplus() for participant in participants]
    for participant in participants:
        participant.warm_up(load)
    for number in range(rounds):
        # Alternate the order too: a round profits from the caches of the round before it.
        for participant, measured in pairs if number % 2 == 0 else reversed(pairs):
            _run_round(participant, measured, cluster, load)
    for participant, surplus in zip(participants, before, strict=True):
        if participant.surplus() != surplus:
            raise RuntimeError(
                f"{participant.name}: the database does not contain all confirmed changes."
            )
    return times


def _run_round(participant, times, cluster, load):
    before = processor_time(participant.pid), processor_time(cluster.process.pid)
    seconds, duration, statuses = participant.run(load)
    times.server += processor_time(participant.pid) - before[0]
    times.database += processor_time(cluster.process.pid) - before[1]
    times.rounds.append(seconds)
    times.durations.append(duration)
    times.statuses |= statuses
