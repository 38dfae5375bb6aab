"""Workers in processes of their own, quickly: Django is loaded once, each worker is a fork of it.

As a program it reads a line for each worker to start, and for each process id to kill.
"""

import os
import signal
import subprocess
import sys
import traceback

from tests.live import ROOT, clean


class Nursery:
    """Starts workers on the database of `env`, and kills them without a warning."""

    def __init__(self, env):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env=clean(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self):
        """Start a worker and return its process id."""
        return int(self._ask("start"))

    def kill(self, pid):
        """Kill a worker on the spot; return once it is dead."""
        assert self._ask(f"kill {pid} {int(signal.SIGKILL)}") == str(-signal.SIGKILL)

    def end(self, pid):
        """Ask a worker to end, and return its exit code."""
        return int(self._ask(f"kill {pid} {int(signal.SIGTERM)}"))

    def _ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def _fork():
    pid = os.fork()
    if pid:
        return pid
    from sessions.worker import Worker  # noqa: PLC0415 - once Django is there

    code = 1
    try:
        Worker(parent=os.getppid()).run()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _end(pid, number):
    os.kill(pid, number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    import django  # noqa: PLC0415 - only as a program

    django.setup()
    for line in sys.stdin:
        word, *numbers = line.split()
        answer = _fork() if word == "start" else _end(*map(int, numbers))
        print(answer, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
