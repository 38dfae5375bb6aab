"""One failover: cause it, wait until the service is back, and check what clients rely on."""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from tests.support.processes import eventually
from tests.tools.failover.service import STAY

# Seconds that clients, the worker and the cluster get, at most.
PATIENCE = 120
HISTORY = """
SELECT room_id::text, changes #>> '{description,1}' FROM rooms_roomchange
WHERE room_id = ANY(%s::uuid[])
"""
ROOMS = "SELECT id::text, description FROM rooms_room WHERE id = ANY(%s::uuid[])"
REMOVED = "SELECT count(*) FROM room_sessions_member WHERE id = %s AND leave_time IS NOT NULL"


@dataclass
class Outcome:
    """The figures of one failover; all times are in seconds."""

    kind: str
    outage: float = 0.0
    after_promotion: float = 0.0
    all_after_promotion: float = 0.0
    removal_after: float = 0.0
    webhooks_after: float = 0.0
    slowest: float = 0.0
    statuses: dict = None
    lost: int = 0
    undelivered: int = 0
    restarted: int = 0

    def faults(self):
        """Return a sentence for each promise that was broken."""
        wrong = {one: count for one, count in self.statuses.items() if one not in (200, 503)}
        found = {
            f"responses {wrong}": wrong,
            f"{self.lost} acknowledged changes are lost": self.lost,
            f"{self.undelivered} webhooks are missing": self.undelivered,
            f"{self.restarted} processes have ended": self.restarted,
            f"the first 200 came {self.after_promotion:.1f} s after the promotion": (
                self.after_promotion > 2
            ),
        }
        return [sentence for sentence, is_wrong in found.items() if is_wrong]


def kill(nodes, node):
    """Kill Patroni and PostgreSQL, as a machine that loses its power."""
    pids = nodes.processes(node)
    nodes.signal(node, signal.SIGKILL)
    nodes.patroni[node].wait()
    return lambda: nodes.start_patroni(node) if pids else None


def switch_over(nodes, node):
    nodes.switch_over(node)
    return lambda: None


def freeze(nodes, node):
    """Stop Patroni and PostgreSQL, as a machine that hangs and comes back."""
    nodes.signal(node, signal.SIGSTOP)
    return lambda: nodes.signal(node, signal.SIGCONT)


KINDS = {"kill -9": kill, "switchover": switch_over, "frozen": freeze}


class Rounds:
    def __init__(self, nodes, service, writers, promotions):
        self.nodes, self.service = nodes, service
        self.writers, self.promotions = writers, promotions

    def run(self, kind):
        """Cause one failover and return its Outcome."""
        outcome = Outcome(kind)
        eventually(self.nodes.is_healthy, PATIENCE)
        self.writers.take_counts()
        member, primary = self.service.admit(), self.nodes.primary()
        start = time.monotonic()
        # The time until the old primary may come back.
        bring_back = KINDS[kind](self.nodes, primary)
        promoted = self._promotion(start)
        self._measure(outcome, start, promoted)
        self._measure_removal(outcome, member, start)
        bring_back()
        eventually(self.nodes.is_healthy, PATIENCE)
        self._check(outcome)
        return outcome

    def _promotion(self, start):
        eventually(lambda: self.promotions.after(start), PATIENCE)
        return self.promotions.after(start)

    def _measure(self, outcome, start, promoted):
        eventually(lambda: self.writers.first_success_after(promoted), PATIENCE)
        first = self.writers.first_success_after(promoted)
        outcome.outage, outcome.after_promotion = first - start, first - promoted
        eventually(lambda: self.writers.all_write_after(promoted), PATIENCE)
        outcome.all_after_promotion = time.monotonic() - promoted

    def _measure_removal(self, outcome, member, start):
        due = max(time.monotonic(), start + STAY)
        eventually(lambda: self._rows(REMOVED, member) == [(1,)], PATIENCE)
        outcome.removal_after = time.monotonic() - due

    def _check(self, outcome):
        outcome.statuses, outcome.slowest = self.writers.take_counts()
        outcome.lost = self._lost()
        written = {
            one.value(number) for one in self.writers.writers for number in list(one.acknowledged)
        }
        start = time.monotonic()
        self._wait_for_webhooks(written)
        outcome.webhooks_after = time.monotonic() - start
        outcome.undelivered = len(written - self.service.received())
        outcome.restarted = len(self.service.pids - self.service.processes())

    def _wait_for_webhooks(self, written):
        with suppress(TimeoutError):
            eventually(lambda: written <= self.service.received(), PATIENCE)

    def _rows(self, statement, *parameters):
        # Only the new primary: the driver would wait for a frozen one.
        with psycopg.connect(self.promotions.primary_url(), connect_timeout=5) as connection:
            return connection.execute(statement, parameters).fetchall()

    def _lost(self):
        """Count acknowledged changes that history or room do not have."""
        writers = {one.room: one for one in self.writers.writers}
        kept = {room: list(one.acknowledged) for room, one in writers.items()}
        history = set(self._rows(HISTORY, list(writers)))
        lost = sum(
            (room, writers[room].value(number)) not in history
            for room, numbers in kept.items()
            for number in numbers
        )
        for room, value in self._rows(ROOMS, list(writers)):
            lost += int(value.rpartition("-")[2]) < max(kept[room])
        return lost
