"""The worker: does what has to happen at a given time, and shows that it is there.

The truth is in the tables, whose moments can change until the last second: so each duty looks
for what is due, at least once a second. Every step is a transaction of its own that takes only
rows that nobody else holds. Any number of workers share the work; one that is killed leaves
nothing half done.
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
from sessions.lifecycle import end_empty, next_removal, remove_due
from sessions.media.sync import keep_media_server
from sessions.models.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

ENDING = (signal.SIGTERM, signal.SIGINT)
# Seconds between two looks at what is due, however long there is nothing to do.
LONGEST_PAUSE, SHORTEST_PAUSE = 1.0, 0.05
BEAT_EVERY = timedelta(seconds=5)
KEPT = timedelta(days=7)


def _unknown() -> datetime | None:
    return None


def _nothing() -> None:
    """There is nothing to end."""


@dataclass(frozen=True)
class Duty:
    """One kind of work, in a thread of its own: what is slow here makes nothing late elsewhere.

    `do` does a portion of what is due and returns how much; `next_due` tells when to look again
    before a second has passed; `end_page` ends what `do` left running.
    """

    name: str
    do: Callable[[datetime], int]
    next_due: Callable[[], datetime | None] = _unknown
    end: Callable[[], None] = _nothing


DUTIES: tuple[Duty, ...] = (
    Duty("members removed", remove_due, next_removal),
    Duty("empty sessions ended", end_empty),
    Duty(
        "webhooks called",
        lambda now: dispatcher().deliver_due(now),
        end=lambda: dispatcher().stop(),
    ),
    Duty("webhook events forgotten", prune_events),
    Duty("portions of bulk changes done", work_on_due),
    Duty("rooms compared with the media server", keep_media_server),
)


class Worker:
    """Keeps its duties until it is told to end: by SIGTERM, SIGINT, or because `parent` is gone."""

    def __init__(self, duties: Sequence[Duty] = DUTIES, parent: int | None = None) -> None:
        self.duties = (*duties, Duty("beats", self._beat))
        self.parent = parent
        self.process = WorkerProcess(name=f"{socket.gethostname()}:{os.getpid()}")
        self._ending = threading.Event()

    def run(self) -> None:
        """Work until told to end; what is begun is finished. Raises what a duty died of."""
        # Blocked here and so in every thread: only sigwait takes them, between no two statements.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        self._begin()
        with ThreadPoolExecutor(len(self.duties)) as pool:
            kept = [pool.submit(self._keep, duty) for duty in self.duties]
            signal.sigwait(ENDING)
            self._ending.set()
        for one in kept:
            one.result()
        # Where the database is away, the silence tells.
        with contextlib.suppress(Error):
            WorkerProcess.objects.filter(pk=self.process.pk).update(ended_at=timezone.now())

    def _keep(self, duty: Duty) -> None:
        try:
            while not self._ending.is_set():
                self._ending.wait(self._turn(duty))
            duty.end()
        finally:
            # Also when it died: the others end, and the process loudly.
            os.kill(os.getpid(), signal.SIGTERM)

    def _turn(self, duty: Duty) -> float:
        """Do what is due, and return the seconds until the next turn."""
        try:
            done = duty.do(timezone.now())
            if done:
                logger.info("%s: %s", duty.name, done)
            return 0 if done else _pause(duty.next_due())
        except Error as away:
            logger.warning("%s: the database does not answer: %s", duty.name, away)
            return LONGEST_PAUSE
        finally:
            close_old_connections()

    def _begin(self) -> None:
        WorkerProcess.objects.filter(beat_at__lt=timezone.now() - KEPT).delete()
        self.process.save(force_insert=True)

    def _beat(self, now: datetime) -> int:
        if self.parent is not None and os.getppid() != self.parent:
            os.kill(os.getpid(), signal.SIGTERM)
        if now - self.process.beat_at >= BEAT_EVERY:
            self.process.beat_at = now
            self.process.save(update_fields=["beat_at"])
        return 0


def _pause(due: datetime | None) -> float:
    if due is None:
        return LONGEST_PAUSE
    seconds = (due - timezone.now()).total_seconds()
    return min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)
