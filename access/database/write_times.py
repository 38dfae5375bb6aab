"""The time of each token's last write, so that its reads see it (docs/adr/0019)."""

import time
from functools import cache
from typing import Any

# Seconds between two recorded writes of a token. Replica.can_serve() adds them.
RECORD_EVERY = 0.5


class WriteTimes:
    """Records writes of tokens at intervals, because each token is one row for all its clients."""

    def __init__(self) -> None:
        self._recorded: dict[int, float] = {}

    def record(self, token: Any) -> None:
        """Record a committed write of the token, before its client gets the response."""
        now = time.monotonic()
        if now - self._recorded.get(token.pk, float("-inf")) < RECORD_EVERY:
            return
        token.record_write()
        if len(self._recorded) > 10_000:
            self._recorded.clear()
        self._recorded[token.pk] = now


@cache
def write_times() -> WriteTimes:
    return WriteTimes()
