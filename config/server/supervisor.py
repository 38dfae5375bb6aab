"""The server and a worker beside it, as ./run starts them: they end together."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

from django.conf import settings

from config.server import command

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Seconds.
LOOK_EVERY = 0.2
# A worker that cannot start is not started without pause.
RESTART_AFTER = 2.0
# For what has begun, requests and portions of work; then they are killed.
PATIENCE = 60.0


class Supervisor:
    """Runs both until the server ends or a signal comes; a worker that ends is started again."""

    def __init__(self) -> None:
        self.ending = False
        for number in ENDING:
            signal.signal(number, self.stop)
        self.server = subprocess.Popen(command.command())  # noqa: S603 - our own command
        self._start_worker()

    def stop(self, number: int, frame: Any) -> None:
        self.ending = True

    def run(self) -> int:
        """Return the server's exit code, or as a shell tells a signal."""
        while not self.ending and self.server.poll() is None:
            self._look_after_worker()
            time.sleep(LOOK_EVERY)
        for process in (self.server, self.worker):
            process.terminate()
        for process in (self.server, self.worker):
            _wait(process)
        return self._exit_code()

    def _exit_code(self) -> int:
        code: int = self.server.returncode
        # A signal that comes again finds Granian without handlers, at its very end.
        if self.ending and -code in ENDING:
            return 0
        return code if code >= 0 else 128 - code

    def _start_worker(self) -> None:
        manage = str(settings.BASE_DIR / "manage.py")
        command = [sys.executable, manage, "worker", "--parent", str(os.getpid())]
        self.worker = subprocess.Popen(command)  # noqa: S603 - our own command
        self.started = time.monotonic()

    def _look_after_worker(self) -> None:
        code = self.worker.poll()
        if code is None or time.monotonic() - self.started < RESTART_AFTER:
            return
        print(f"The worker ended with code {code}. It is started again.", file=sys.stderr)
        self._start_worker()


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(Supervisor().run())
