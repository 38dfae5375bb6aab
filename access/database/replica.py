"""Decide whether a client may read from the replica (docs/adr/0019).

A thread samples the primary at intervals: its clock, and then the end of its log (WAL). When the
replica has replayed up to this end, it has all commits before that time. This needs only the
primary's clock, and holds for any lag.
"""

import logging
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import Error, connections

from access.database.replay import ReplayProgress, WalSample
from access.database.replica_connections import (
    PRIMARY,
    REPLICA,
    connect_replica,
    fetch_row,
    replica_address,
)
from access.database.sockets import shut_down_socket
from access.database.write_times import RECORD_EVERY

log = logging.getLogger(__name__)

# Seconds between two samples.
SAMPLE_EVERY = 0.5
# Seconds until the next attempt after a failure of the replica.
RETRY_AFTER = 2.0
# Seconds after which an unanswered query counts as a failure.
QUERY_TIMEOUT = 2.0

# The clock is read before the log's insert position, which includes uncommitted changes.
PRIMARY_POSITION = (
    "SELECT statement_timestamp(), pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,"
    " system_identifier FROM pg_control_system()"
)
REPLICA_POSITION = (
    "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint,"
    " system_identifier FROM pg_control_system()"
)
NO_ANSWER = "It does not answer."
FAILED = "It failed."
NO_STANDBY = "It is no standby of this database."
BEHIND = "It is behind."


class Replica:
    """The replica as this process knows it; each thread has its own connection to it.

    A monitoring thread samples it, so that no request waits for its state or for a timeout.
    """

    def __init__(self) -> None:
        self._problem, self._retry_at = "", 0.0
        # The address of the server that the monitoring thread samples, if it is the right one.
        self._sampled: tuple[bytes, ...] | None = None
        self._connections: WeakSet[Any] = WeakSet()
        # A set that grows during an iteration raises RuntimeError.
        self._connections_lock = threading.Lock()
        self._started = threading.Lock()
        self.reset_progress()

    def can_serve(self, last_write: datetime | None) -> bool:
        """Return whether a client that wrote at `last_write` may read from the replica.

        The time comes from ApiToken.record_write(); None: the client has never written. A replica
        that lags more than settings.REPLICA_LAG_SECONDS serves no client.
        """
        self._start_monitoring()
        if self._problem or not self._is_connected() or not self._is_sampled():
            return False
        reached = self._progress.reached
        if reached is None or reached.age() > settings.REPLICA_LAG_SECONDS:
            return False
        return last_write is None or last_write + timedelta(seconds=RECORD_EVERY) < reached.at

    def lag(self) -> float:
        """Return the upper limit of the lag in seconds, or inf if it is unknown."""
        reached = self._progress.reached
        return reached.age() if reached else float("inf")

    def condition(self) -> str:
        """Return "ok", or the reason why reads use the primary."""
        if self.can_serve(None):
            return "ok"
        return self._problem or BEHIND

    def add_connection(self, connection: Any) -> None:
        """Register a new connection, which may lead to a server that has replayed less."""
        with self._connections_lock:
            self._connections.add(connection)
        self.reset_progress()

    def reset_progress(self) -> None:
        samples = int(settings.REPLICA_LAG_SECONDS / SAMPLE_EVERY) + 2
        self._progress = ReplayProgress(samples)

    def fail(self, problem: str = NO_ANSWER, why: object = "") -> None:
        """Stop reads from the replica until the next attempt."""
        if not self._problem:
            log.warning("The replica is not read. %s", f"{problem} {why}".strip())
        self._problem, self._retry_at = problem, time.monotonic() + RETRY_AFTER
        self.reset_progress()

    def _is_connected(self) -> bool:
        try:
            connect_replica()
        except Error as fault:
            self.fail(why=fault)
        return not self._problem

    def _is_sampled(self) -> bool:
        """Return whether this thread is connected to the server that is sampled.

        REPLICA_URL may list several hosts. Threads that are connected to two of them connect
        again, and all reach the first one that answers.
        """
        if self._sampled == replica_address():
            return True
        if self._sampled is not None:
            self._sampled = None
            connections[REPLICA].close()
        return False

    def _start_monitoring(self) -> None:
        # This lock is never released, so only the first caller starts the thread.
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._monitor, name="replica", daemon=True).start()

    def _monitor(self) -> None:
        while True:
            if time.monotonic() >= self._retry_at:
                self._try_to_sample()
            time.sleep(SAMPLE_EVERY)

    def _try_to_sample(self) -> None:
        try:
            if self._sampled is None:
                connections[REPLICA].close()
            connect_replica()
            self._sampled = replica_address()
            self._sample()
        except Error as fault:
            self.fail(why=fault)
            # This closes the connections of the monitoring thread only.
            connections.close_all()

    def _sample(self) -> None:
        # reset_progress() may replace the attribute while this method waits for a query.
        progress = self._progress
        asked = time.monotonic()
        at, end, system = fetch_row(PRIMARY, PRIMARY_POSITION)
        progress.samples.append(WalSample(at, asked, end))
        is_standby, replayed, its_system = self._replica_position()
        if not is_standby or its_system != system:
            self.fail(NO_STANDBY)
            return
        if self._problem:
            log.warning("The replica is read again.")
            self._problem = ""
        progress.advance(replayed)

    def _replica_position(self) -> Any:
        timer = threading.Timer(QUERY_TIMEOUT, self._shut_connections)
        timer.daemon = True
        timer.start()
        try:
            return fetch_row(REPLICA, REPLICA_POSITION)
        finally:
            timer.cancel()

    def _shut_connections(self) -> None:
        """Interrupt all requests that wait for the replica; they use the primary then."""
        with self._connections_lock:
            held = list(self._connections)
        for connection in held:
            # The thread of a connection may close it at the same time.
            with suppress(OSError, Error), connections[REPLICA].wrap_database_errors:
                shut_down_socket(connection.fileno())


@cache
def replica() -> Replica:
    return Replica()
