"""The server and its worker, as started by ./run; they stop together, and start again alone."""

import os
import signal
import sys
import time
from typing import Any

from django.conf import settings

from config.server import command
from config.server.programs import Program
from config.start import load_settings

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# All times are in seconds.
POLL_EVERY = 0.2
# Both processes get this time to finish current requests and batches, then they are killed.
STOP_TIMEOUT = 60.0
# A server that has never settled cannot start: its port is in use, or it cannot run here.
MOST_FAILURES = 3


class Supervisor:
    """Runs both until a signal arrives or the server cannot start; restarts one that ends."""

    def __init__(self) -> None:
        self.ending = False
        for number in ENDING:
            signal.signal(number, self.stop)
        self.server = Program("server", command.command)
        self.worker = Program("worker", _worker_command)

    def stop(self, number: int, frame: Any) -> None:
        self.ending = True

    def run(self) -> int:
        """Return the server's exit code, or 128 plus the signal number as a shell does."""
        while not self.ending and self._is_serving():
            self.worker.look()
            time.sleep(POLL_EVERY)
        programs = (self.server, self.worker)
        for program in programs:
            program.process.terminate()
        for program in programs:
            program.end(STOP_TIMEOUT)
        return self._exit_code()

    def _is_serving(self) -> bool:
        """Return whether the server runs or will be started again."""
        code = self.server.look()
        if code is None:
            return True
        # A server that was killed may have left processes that keep its port.
        if code <= 0:
            return False
        if self.server.has_settled or self.server.failures < MOST_FAILURES:
            return True
        print(f"The server cannot start: it failed {MOST_FAILURES} times.", file=sys.stderr)
        return False

    def _exit_code(self) -> int:
        code: int = self.server.process.returncode
        # A signal arrived in the pause before a start.
        if self.ending and self.server.start_at is not None:
            return 0
        # A repeated signal may reach Granian at its end, after it has removed its handlers.
        if self.ending and -code in ENDING:
            return 0
        return code if code >= 0 else 128 - code


def _worker_command() -> list[str]:
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, manage, "worker", "--parent", str(os.getpid())]


if __name__ == "__main__":
    load_settings()
    sys.exit(Supervisor().run())
