"""The progress of a replica in replaying the primary's log (WAL)."""

import time
from collections import deque
from datetime import datetime
from typing import NamedTuple


class WalSample(NamedTuple):
    """The primary's clock and the end of its log."""

    at: datetime  # the primary's clock
    asked: float  # this process's monotonic clock, never later than `at`
    end: int  # bytes

    def age(self) -> float:
        return time.monotonic() - self.asked


class ReplayProgress:
    """The samples that the replica has not reached yet, and the last one that it has."""

    def __init__(self, most_samples: int) -> None:
        self.samples: deque[WalSample] = deque(maxlen=most_samples)
        self.reached: WalSample | None = None

    def advance(self, replayed: int) -> None:
        """Record that the replica has replayed the log up to the byte `replayed`."""
        while self.samples and self.samples[0].end <= replayed:
            self.reached = self.samples.popleft()
