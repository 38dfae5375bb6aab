"""What the replica is known to have, and to whom that is enough (docs/adr/0019).

The primary is asked for a sample now and then: its clock, and how long its log (WAL) is then.
Once the replica has replayed so much, it has all that was committed before that moment. That is
so however far it lags, and by one clock alone, the primary's.
"""

import logging
import os
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakSet

from django.conf import settings
from django.db import Error, connections

log = logging.getLogger(__name__)

PRIMARY, REPLICA = "default", "replica"

# Seconds between two samples; a caller's writes are noted no more often either.
LOOKED_EVERY = NOTED_EVERY = 0.5
# Seconds until a replica that failed is tried again.
TRIED_EVERY = 2.0
# Seconds after which one that does not say how far it is hangs.
ANSWERS_WITHIN = 2.0

# The clock is read before the log. What is not written yet counts: it may be committed.
SAMPLE = (
    "SELECT statement_timestamp(), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,"
    " system_identifier FROM pg_control_system()"
)
REPLAYED = (
    "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,"
    " system_identifier FROM pg_control_system()"
)
NO_ANSWER = "It does not answer."
FAILED = "It failed."
NO_STANDBY = "It is no standby of this database."
BEHIND = "It is behind."


class Sample(NamedTuple):
    at: datetime  # by the primary's clock
    asked: float  # by ours, monotonic: never later than `at`
    end: int  # of the primary's log then, in bytes


class Known:
    """What is known of one replica, for as long as our connections lead to it."""

    def __init__(self) -> None:
        # As many as are taken while it may lag.
        most = int(settings.REPLICA_LAG_SECONDS / LOOKED_EVERY) + 2
        self.samples: deque[Sample] = deque(maxlen=most)
        self.reached: Sample | None = None

    def replayed(self, end: int) -> None:
        """Learn that the replica has replayed the primary's log until `end_page`."""
        while self.samples and self.samples[0].end <= end:
            self.reached = self.samples.popleft()


class Replica:
    """One for each process; its threads each have a connection of their own to the replica.

    One more thread watches it, so that no request waits to learn how far it is, or that it hangs.
    """

    def __init__(self) -> None:
        self._problem, self._again_at = "", 0.0
        self._connections: WeakSet[Any] = WeakSet()
        # A set that grows while it is gone through raises.
        self._connecting = threading.Lock()
        self._begun = threading.Lock()
        self.forget()

    def has_all_until(self, moment: datetime | None) -> bool:
        """Say whether the replica may be read by who wrote at `moment` (noted by note_write).

        None is somebody who never wrote. It may not while it lags more than it is allowed to.
        """
        self._begin_to_watch()
        if self._problem or not self._is_connected():
            return False
        reached = self._known.reached
        if reached is None or _age(reached) > settings.REPLICA_LAG_SECONDS:
            return False
        return moment is None or moment + timedelta(seconds=NOTED_EVERY) < reached.at

    def lag(self) -> float:
        """Return the seconds by which the replica is behind at most: inf where that is unknown."""
        reached = self._known.reached
        return _age(reached) if reached else float("inf")

    def condition(self) -> str:
        """Return "ok", or what is wrong; reads go to the primary then."""
        if self.has_all_until(None):
            return "ok"
        return self._problem or BEHIND

    def connected(self, connection: Any) -> None:
        """Take note of a new connection: it may lead to a server that has replayed less."""
        with self._connecting:
            self._connections.add(connection)
        self.forget()

    def forget(self) -> None:
        self._known = Known()

    def fail(self, problem: str = NO_ANSWER, why: object = "") -> None:
        """Leave the replica alone for a while."""
        if not self._problem:
            log.warning("The replica is not read. %s", f"{problem} {why}".strip())
        self._problem, self._again_at = problem, time.monotonic() + TRIED_EVERY
        self.forget()

    def _is_connected(self) -> bool:
        try:
            _connect()
        except Error as fault:
            self.fail(why=fault)
        return not self._problem

    def _begin_to_watch(self) -> None:
        # Taken once, and never given back.
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._watch, name="replica", daemon=True).start()

    def _watch(self) -> None:
        while True:
            if time.monotonic() >= self._again_at:
                self._look_once()
            time.sleep(LOOKED_EVERY)

    def _look_once(self) -> None:
        try:
            _connect()
            self._look()
        except Error as fault:
            self.fail(why=fault)
            # Those of this thread.
            connections.close_all()

    def _look(self) -> None:
        # Kept here: what is forgotten meanwhile must stay so.
        known = self._known
        asked = time.monotonic()
        at, end, system = _ask(PRIMARY, SAMPLE)
        known.samples.append(Sample(at, asked, end))
        stands_by, replayed, its_system = self._replayed()
        if not stands_by or its_system != system:
            self.fail(NO_STANDBY)
            return
        if self._problem:
            log.warning("The replica is read again.")
            self._problem = ""
        known.replayed(replayed)

    def _replayed(self) -> Any:
        hangs = threading.Timer(ANSWERS_WITHIN, self._cut_off)
        hangs.daemon = True
        hangs.start()
        try:
            return _ask(REPLICA, REPLAYED)
        finally:
            hangs.cancel()

    def _cut_off(self) -> None:
        """End every wait for a replica that hangs: whoever reads from it asks the primary then."""
        with self._connecting:
            held = list(self._connections)
        for connection in held:
            # One that its own thread is closing.
            with suppress(OSError, Error), connections[REPLICA].wrap_database_errors:
                _hang_up(connection.fileno())


def _hang_up(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)


def _age(sample: Sample) -> float:
    return time.monotonic() - sample.asked


def _connect() -> None:
    """Make sure that this thread is connected, before it relies on what the replica has."""
    connection = connections[REPLICA]
    connection.close_if_health_check_failed()
    connection.ensure_connection()


def _ask(alias: str, sql: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@cache
def replica() -> Replica:
    return Replica()


class Notes:
    """Writes down that tokens wrote, each at most so often: their rows would be in demand."""

    def __init__(self) -> None:
        self._noted: dict[int, float] = {}

    def note(self, token: Any) -> None:
        """Note the token's write, which is committed; do so before the caller is answered."""
        now = time.monotonic()
        # What was noted holds for so long: has_all_until() adds it.
        if now - self._noted.get(token.pk, float("-inf")) < NOTED_EVERY:
            return
        token.note_write()
        if len(self._noted) > 10_000:
            self._noted.clear()
        self._noted[token.pk] = now


@cache
def notes() -> Notes:
    return Notes()
