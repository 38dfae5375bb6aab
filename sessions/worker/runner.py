"""The worker: runs scheduled work, and saves a heartbeat.

Due times in the tables can change until the last second, so each duty queries them at least once
a second. Every step is a transaction that skips locked rows. So any number of workers can share
the work, and a killed worker leaves no partial step.
"""

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, close_old_connections
from django.utils import timezone

from access.webhooks.dispatcher import dispatcher
from access.webhooks.pruning import prune_events
from rooms.jobs.run import work_on_due
from sessions.lifecycle import delete_unused_rooms, end_empty, next_removal, remove_due
from sessions.media.previews import forget_previews
from sessions.media.retention import delete_expired
from sessions.media.sync import sync_media_rooms
from sessions.models.worker_process import WorkerKind, WorkerProcess
from sessions.worker.pruning import prune_tables
from sessions.worker.upkeep import Occasional, fold_every_name, prune_often

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Seconds between two queries of due work.
LONGEST_PAUSE, SHORTEST_PAUSE = 1.0, 0.05
BEAT_EVERY = timedelta(seconds=5)


def _no_due_time() -> datetime | None:
    return None


def _nothing_to_end() -> None:
    """This duty leaves no work in progress."""


@dataclass(frozen=True)
class Duty:
    """One kind of work, in a thread of its own, so that it cannot delay other work.

    `do` does a batch of due work and returns its size. `next_due` returns a time for the next
    batch, if it is less than a second away. `end` stops work that `do` has left running.
    `interrupt` makes a long `do` return, and is called in another thread.
    """

    name: str
    do: Callable[[datetime], int]
    next_due: Callable[[], datetime | None] = _no_due_time
    end: Callable[[], None] = _nothing_to_end
    interrupt: Callable[[], None] = _nothing_to_end


DUTIES: tuple[Duty, ...] = (
    Duty("members removed", remove_due, next_removal),
    Duty("empty sessions ended", end_empty),
    Duty("rooms of tokens deleted", delete_unused_rooms),
    Duty(
        "webhooks called",
        lambda now: dispatcher().deliver_due(now),
        end=lambda: dispatcher().stop(),
    ),
    Duty("webhook events deleted", prune_events),
    Duty("rows pruned", Occasional(prune_tables, timedelta(days=1))),
    Duty("batches of bulk changes", work_on_due),
    # A server of the former release writes names only until the upgrade is over.
    Duty("names folded", Occasional(fold_every_name, timedelta(minutes=10))),
    Duty("sign-ins and idempotent calls deleted", Occasional(prune_often, timedelta(minutes=10))),
    Duty("expired recordings deleted", Occasional(delete_expired, timedelta(minutes=1))),
    Duty("previews deleted", Occasional(forget_previews, timedelta(minutes=1))),
    Duty("rooms synchronized with the media server", sync_media_rooms),
)


class Worker:
    """Runs its duties until SIGTERM, SIGINT, or the end of the process `parent`."""

    def __init__(
        self,
        duties: Sequence[Duty] = DUTIES,
        parent: int | None = None,
        kind: WorkerKind = WorkerKind.WORKER,
    ) -> None:
        self.duties = (*duties, Duty("heartbeats", self._beat))
        self.parent = parent
        self.process = WorkerProcess(kind=kind, name=f"{socket.gethostname()}:{os.getpid()}")
        self._ending = threading.Event()

    def run(self) -> None:
        """Run until a signal arrives, and finish current steps. Raise the exception of a duty."""
        # All threads inherit the blocked signals, so that only sigwait receives them.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        with ThreadPoolExecutor(len(self.duties)) as pool:
            futures = [pool.submit(self._repeat, duty) for duty in self.duties]
            signal.sigwait(SIGNALS)
            self._ending.set()
            for duty in self.duties:
                duty.interrupt()
        for future in futures:
            future.result()
        # Without a database the missing heartbeat shows that the worker has ended.
        with contextlib.suppress(Error):
            WorkerProcess.objects.filter(pk=self.process.pk).update(ended_at=timezone.now())

    def _repeat(self, duty: Duty) -> None:
        try:
            while not self._ending.is_set():
                self._ending.wait(self._turn(duty))
            duty.end()
        finally:
            # If this duty fails, the other duties and the process end, too.
            os.kill(os.getpid(), signal.SIGTERM)

    def _turn(self, duty: Duty) -> float:
        """Do a batch of due work and return the seconds until the next turn."""
        try:
            done = duty.do(timezone.now())
            if done:
                logger.info("%s: %s", duty.name, done)
            return 0 if done else _pause(duty.next_due())
        except Error as error:
            logger.warning("%s: the database does not answer: %s", duty.name, error)
            return LONGEST_PAUSE
        finally:
            close_old_connections()

    def _begin(self, now: datetime) -> None:
        self.process.beat_at = now
        self.process.save(force_insert=True)

    def _beat(self, now: datetime) -> int:
        if self.parent is not None and os.getppid() != self.parent:
            os.kill(os.getpid(), signal.SIGTERM)
        if self.process._state.adding:
            self._begin(now)
        elif now - self.process.beat_at >= BEAT_EVERY:
            self.process.beat_at = now
            self.process.save(update_fields=["beat_at"])
        return 0


def _pause(due: datetime | None) -> float:
    if due is None:
        return LONGEST_PAUSE
    seconds = (due - timezone.now()).total_seconds()
    return min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)
