"""The server and its worker, as started by ./run; they stop together, and start again alone."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings

from config.server import command
from config.start import load_settings

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# All times are in seconds.
POLL_EVERY = 0.2
# The minimum time between two starts of the worker.
RESTART_AFTER = 2.0
# A server that ends sooner cannot start, so it is not started again.
SETTLED_AFTER = 5.0
# Both processes get this time to finish current requests and batches, then they are killed.
STOP_TIMEOUT = 60.0


class Supervisor:
    """Runs both until a signal arrives or the server cannot start; restarts one that ends."""

    def __init__(self) -> None:
        self.ending = False
        for number in ENDING:
            signal.signal(number, self.stop)
        self._start_server()
        self._start_worker()

    def stop(self, number: int, frame: Any) -> None:
        self.ending = True

    def run(self) -> int:
        """Return the server's exit code, or 128 plus the signal number as a shell does."""
        while not self.ending and self._is_serving():
            self._restart_worker()
            time.sleep(POLL_EVERY)
        for process in (self.server, self.worker):
            process.terminate()
        for process in (self.server, self.worker):
            _wait(process)
        return self._exit_code()

    def _exit_code(self) -> int:
        code: int = self.server.returncode
        # A repeated signal may reach Granian at its end, after it has removed its handlers.
        if self.ending and -code in ENDING:
            return 0
        return code if code >= 0 else 128 - code

    def _start_server(self) -> None:
        self.server = subprocess.Popen(command.command())  # noqa: S603 - our own command
        self.server_started = time.monotonic()

    def _is_serving(self) -> bool:
        """Return whether the server runs; restart one that has ended itself."""
        code = self.server.poll()
        if code is None:
            return True
        # A server that was killed may have left processes that keep its port.
        if code <= 0 or time.monotonic() - self.server_started < SETTLED_AFTER:
            return False
        print(f"The server ended with code {code}. It is restarted.", file=sys.stderr)
        self._start_server()
        return True

    def _start_worker(self) -> None:
        manage = str(settings.BASE_DIR / "manage.py")
        command = [sys.executable, manage, "worker", "--parent", str(os.getpid())]
        self.worker = subprocess.Popen(command)  # noqa: S603 - our own command
        self.started = time.monotonic()

    def _restart_worker(self) -> None:
        code = self.worker.poll()
        if code is None or time.monotonic() - self.started < RESTART_AFTER:
            return
        print(f"The worker ended with code {code}. It is restarted.", file=sys.stderr)
        self._start_worker()


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    load_settings()
    sys.exit(Supervisor().run())
