"""The programs that ./run starts: each is started again when it ends."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

# All times are in seconds.
# A program that ends sooner has failed to start, or fails again and again.
SETTLED_AFTER = 5.0
# The pause before a start doubles with each failure, up to this.
LONGEST_PAUSE = 30.0


class Program:
    """A process that is started again with growing pauses, until it settles."""

    def __init__(
        self,
        name: str,
        command: Callable[[], Sequence[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.command, self.clock = name, command, clock
        # Whether one start has settled, so that the settings cannot be the fault.
        self.has_settled = False
        # The number of starts in a row that have not settled.
        self.failures = 0
        self.start_at: float | None = None
        self.start()

    def start(self) -> None:
        self.start_at = None
        self.process = subprocess.Popen(self.command())  # noqa: S603 - our own command
        self.started = self.clock()

    def look(self) -> int | None:
        """Return the exit code if the process has ended; start it again when its pause is over."""
        code = self.process.poll()
        if self.start_at is None:
            self._settle()
            if code is not None:
                self._pause()
        elif self.clock() >= self.start_at:
            print(f"The {self.name} ended with code {code}. It is restarted.", file=sys.stderr)
            self.start()
            return None
        return code

    def _settle(self) -> None:
        if self.clock() - self.started >= SETTLED_AFTER:
            self.has_settled, self.failures = True, 0

    def _pause(self) -> None:
        self.start_at = self.clock() + min(2.0**self.failures, LONGEST_PAUSE)
        self.failures += 1

    def end(self, seconds: float) -> None:
        """Wait for the end of the process, which has got a signal, and kill it after `seconds`."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
