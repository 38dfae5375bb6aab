"""Connections whose statements do not wait for a server that never answers, such as a frozen one.

The kernel of such a server still acknowledges what it receives, so no TCP timeout ends the wait. A
slow statement looks the same. So a thread of each process probes the servers of statements that
wait, and shuts the connections to a server that does not answer.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self
from weakref import WeakSet

import psycopg

from access.database.sockets import ServerAddress, shut_down_socket

# All times are in seconds.
LOOK_EVERY = 0.25
DOUBT_AFTER = 0.5
PROBE_TIMEOUT = 1.0
# A statement ends after two unanswered probes, and that of a readiness check after one.
PATIENCE, HURRIED = 2.4, 1.4
# A server that has answered a probe is not asked again at once.
TRUSTED_FOR = 1.5


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that shows since when its statement waits for the server."""

    address: ServerAddress
    # The host as the URL lists it, if it lists several.
    listed: ServerAddress | None = None
    on_silence: Callable[[], None] | None = None
    waits_since: float | None = None
    trusted_until = 0.0
    patience = PATIENCE

    @classmethod
    def connect(cls, *conninfo: Any, **parameters: Any) -> Self:
        found = super().connect(*conninfo, **parameters)
        libpq = found.pgconn
        found.address = ServerAddress((libpq.hostaddr or libpq.host).decode(), int(libpq.port))
        watch.add(found)
        return found

    def wait(self, *arguments: Any, **named: Any) -> Any:
        self.waits_since = time.monotonic()
        try:
            return super().wait(*arguments, **named)
        finally:
            self.waits_since = None

    def unanswered_seconds(self) -> float:
        """Return for how long a statement waits without a sign of life from the server."""
        since = self.waits_since
        return 0.0 if since is None else time.monotonic() - max(since, self.trusted_until)

    def shut(self) -> None:
        """End the wait of another thread with an error."""
        # That thread may close the connection at the same time.
        with suppress(OSError, psycopg.Error):
            shut_down_socket(self.fileno())


class Watch:
    """The connections of this process, and the thread that watches them."""

    def __init__(self) -> None:
        self._connections: WeakSet[WatchedConnection] = WeakSet()
        # A set that grows during an iteration raises RuntimeError.
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, connection: WatchedConnection) -> None:
        with self._lock:
            self._connections.add(connection)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="database", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            for address in {one.address for one in self._waiting(DOUBT_AFTER)}:
                self._probe(address)

    def _waiting(self, seconds: float) -> list[WatchedConnection]:
        with self._lock:
            return [one for one in self._connections if one.unanswered_seconds() > seconds]

    def _probe(self, address: ServerAddress) -> None:
        answers = address.answers(PROBE_TIMEOUT)
        for connection in self._waiting(DOUBT_AFTER):
            if connection.address != address:
                continue
            if answers:
                connection.trusted_until = time.monotonic() + TRUSTED_FOR
                continue
            if connection.on_silence is not None:
                connection.on_silence()
            if connection.unanswered_seconds() > connection.patience:
                connection.shut()


watch = Watch()
