"""Deliver the events of the outbox at least once, with a thread for each busy endpoint."""

import contextlib
import functools
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from uuid import UUID

from django.db import Error, connection

from access.webhooks.client import WebhookClient
from access.webhooks.leases import (
    RENEW_EVERY,
    HeldTurns,
    end_turn,
    take_turn,
    waiting_endpoints,
)
from access.webhooks.shares import ThreadShares
from access.webhooks.turns import send_due

logger = logging.getLogger(__name__)

# One project uses at most half of them.
THREADS = 16


class WebhookDispatcher:
    """Gives a turn to each endpoint with due deliveries, in a thread of its own."""

    def __init__(self, client: WebhookClient | None = None, *, threads: int = THREADS) -> None:
        self.client = client or WebhookClient()
        self.stopping = threading.Event()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="webhooks")
        self._shares = ThreadShares(threads)
        self._held = HeldTurns()
        self._running: set[Future[None]] = set()
        self._requests = 0
        self._count_lock = threading.Lock()

    def deliver_due(self, now: datetime) -> int:
        """Start as many turns as threads are free, without waiting for them.

        It also renews the turns in progress, so it must be called about once a second. Returns the
        number of requests since the last call.
        """
        self._held.renew()
        waiting = waiting_endpoints(now) if self._shares.has_free() else []
        for endpoint_id, project_id in waiting:
            if self.stopping.is_set():
                break
            if not self._held.holds(endpoint_id) and self._shares.take(project_id):
                self._start_turn(endpoint_id, project_id)
        with self._count_lock:
            requests, self._requests = self._requests, 0
        return requests

    def stop(self) -> None:
        """Finish the requests in progress; other due deliveries stay due."""
        self.stopping.set()
        while wait(list(self._running), RENEW_EVERY).not_done:
            with contextlib.suppress(Error):
                self._held.renew()
        self._threads.shutdown(wait=True)

    def _start_turn(self, endpoint_id: UUID, project_id: UUID) -> None:
        turn = None
        try:
            turn = take_turn(endpoint_id)
        finally:
            if turn is None:
                self._shares.release(project_id)
        if turn is not None:
            self._held.add(endpoint_id, turn)
            future = self._threads.submit(self._run_turn, endpoint_id, turn)
            self._running.add(future)
            future.add_done_callback(functools.partial(self._turn_ended, project_id))

    def _run_turn(self, endpoint_id: UUID, turn: UUID) -> None:
        count = self._count_request
        try:
            requested = send_due(endpoint_id, turn, self.client, after_request=count)
            end_turn(endpoint_id, turn, requested=requested)
        except Error as fault:
            logger.warning("Webhook deliveries stopped: the database failed: %s", fault)
            with contextlib.suppress(Error):
                end_turn(endpoint_id, turn)
        finally:
            self._held.remove(turn)
            connection.close()

    def _count_request(self) -> bool:
        with self._count_lock:
            self._requests += 1
        return self.stopping.is_set()

    def _turn_ended(self, project_id: UUID, future: "Future[None]") -> None:
        self._running.discard(future)
        self._shares.release(project_id)
        if fault := future.exception():
            # The turn expires, and a worker takes the next one.
            logger.error("Webhook deliveries stopped with an error.", exc_info=fault)


@functools.cache
def dispatcher() -> WebhookDispatcher:
    """Return the dispatcher of this process, created at first use."""
    return WebhookDispatcher()
