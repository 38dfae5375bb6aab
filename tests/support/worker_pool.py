"""Fast start of worker processes: Django is loaded once, and each worker is a fork.

Run as a program, it reads one line for each worker to start or process id to kill.
"""

import os
import signal
import subprocess
import sys
import traceback
from functools import partial

from tests.support.server import ROOT, clean


class Nursery:
    """Starts workers on the database of `env`, and kills them with SIGKILL."""

    def __init__(self, env):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker_pool"],
            cwd=ROOT,
            env=clean(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, portion=50):
        """Start a worker with this number of sessions per portion; return its process id."""
        return int(self._ask(f"start {portion}"))

    def kill(self, pid):
        """Kill a worker with SIGKILL; return once it is dead."""
        assert self._ask(f"kill {pid} {int(signal.SIGKILL)}") == str(-signal.SIGKILL)

    def end(self, pid):
        """Stop a worker with SIGTERM, and return its exit code."""
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


def _fork(portion):
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _work(portion)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _work(portion):
    # Once Django is loaded.
    from sessions.lifecycle import next_removal, remove_due  # noqa: PLC0415
    from sessions.worker.runner import DUTIES, Duty, Worker  # noqa: PLC0415

    removing = Duty("members removed", partial(remove_due, sessions=portion), next_removal)
    Worker([removing, *DUTIES[1:]], parent=os.getppid()).run()


def _end(pid, number):
    os.kill(pid, number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main():
    import django  # noqa: PLC0415 - needed only as a program

    django.setup()
    for line in sys.stdin:
        word, *numbers = line.split()
        answer = _fork(*map(int, numbers)) if word == "start" else _end(*map(int, numbers))
        print(answer, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
