"""Clients that change rooms without a pause, and remember each acknowledged value."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.support.api import ROOMS_URL

# Seconds between two calls of a writer, after a success and after a failure. One endpoint gets all
# events, one after another, so more changes would only make its queue longer.
PAUSE, RETRY_AFTER = 5.0, 0.1


@dataclass
class Writer:
    """One client of one room. Its values are numbers that grow and never return."""

    caller: object
    name: str
    number: int = 0
    # The number of each acknowledged change, and the monotonic time of its response.
    acknowledged: dict = field(default_factory=dict)

    def __post_init__(self):
        room = self._call("POST", ROOMS_URL, f'{{"name":"{self.name}"}}').json()
        self.room = room["id"]

    def value(self, number):
        return f"{self.name}-{number}"

    def write(self):
        """Change the room; return the status, 0 without a response, and the seconds."""
        self.number += 1
        body = f'{{"description":"{self.value(self.number)}"}}'
        start = time.monotonic()
        try:
            answer = self._call("PUT", f"{ROOMS_URL}/{self.room}", body)
        except OSError:
            answer = None
        end = time.monotonic()
        status = answer.status if answer else 0
        if status == 200:
            self.acknowledged[self.number] = end
        return self._label(answer, status), end - start

    def _label(self, answer, status):
        if status == 503 and "retry-after" not in answer.headers:
            return "503 without Retry-After"
        return status

    def _call(self, method, url, body):
        return self.caller.call(method, url, body.encode())


class Writers:
    """The threads of all writers, until the `with` block ends."""

    def __init__(self, caller, count):
        self.writers = [Writer(caller, f"writer-{number}") for number in range(count)]
        self.statuses, self.slowest = Counter(), 0.0
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=[one]) for one in self.writers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def take_counts(self):
        """Return the statuses and the slowest response since the last call."""
        with self._lock:
            taken = self.statuses, self.slowest
            self.statuses, self.slowest = Counter(), 0.0
        return taken

    def first_success_after(self, moment):
        """Return the time of the first response of 200 after `moment`, or None."""
        return min(self._after(moment), default=None)

    def all_write_after(self, moment):
        return len(self._after(moment)) == len(self.writers)

    def _after(self, moment):
        """Return the time of each writer's first success after `moment`."""
        found = []
        for writer in self.writers:
            times = [at for at in list(writer.acknowledged.values()) if at > moment]
            found += times[:1]
        return found

    def _run(self, writer):
        while not self._ending.is_set():
            status, seconds = writer.write()
            with self._lock:
                self.statuses[status] += 1
                self.slowest = max(self.slowest, seconds)
            self._ending.wait(PAUSE if status == 200 else RETRY_AFTER)
