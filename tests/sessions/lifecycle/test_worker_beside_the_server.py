"""Server and worker that ./run starts together also stop together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from subprocess import CalledProcessError

import pytest

from config.server.programs import LONGEST_PAUSE, SETTLED_AFTER, Program
from config.server.supervisor import MOST_FAILURES
from sessions.models.worker_process import WorkerProcess
from tests.support.processes import accepts_connections, children, end, eventually, free_port
from tests.support.server import ROOT, clean, spawn


@pytest.fixture
def together(server_env, transactional_db):
    """Start the server and its worker as ./run does; return the process."""
    started = []

    def start():
        port = free_port()
        env = {**server_env, "HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1"}
        started.append(spawn(env, "-m", "config.server.supervisor"))
        started[-1].port = port
        eventually(lambda: accepts_connections(port))
        eventually(lambda: WorkerProcess.objects.filter(ended_at=None).exists())
        return started[-1]

    yield start
    for process in started:
        end(process)


def worker_pids():
    return [
        int(name.rpartition(":")[2])
        for name in WorkerProcess.objects.values_list("name", flat=True)
    ]


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_stop_together(together, number):
    process = together()

    code = end(process, polite=number)

    assert code == 0
    assert WorkerProcess.objects.get().ended_at is not None


def test_repeated_signals_change_nothing(together):
    process = together()
    beside = children(process.pid)

    process.terminate()
    # A terminal signals all processes, and an operator may signal the remaining ones.
    while process.poll() is None:
        for child in beside:
            # The process may have ended already.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    assert process.returncode == 0
    assert WorkerProcess.objects.get().ended_at is not None


def test_killed_worker_is_started_again(together):
    together()
    (first,) = worker_pids()

    os.kill(first, signal.SIGKILL)

    eventually(lambda: len(worker_pids()) == 2)


# Just after the start, and when the server has settled.
@pytest.mark.parametrize("after", [0, SETTLED_AFTER])
def test_server_is_started_again_after_its_processes_die_twice_within_seconds(together, after):
    process = together()
    settled = time.monotonic() + after
    first = next(pid for pid in children(process.pid) if pid not in worker_pids())
    eventually(lambda: time.monotonic() >= settled)

    def is_replaced():
        # It has no children while it starts another one, and once it has ended.
        with suppress(ProcessLookupError, CalledProcessError):
            for pid in children(first):
                os.kill(pid, signal.SIGKILL)
        return first not in children(process.pid)

    eventually(is_replaced)
    eventually(lambda: len(children(process.pid)) == 2)
    eventually(lambda: accepts_connections(process.port))
    assert process.poll() is None


def test_server_that_cannot_start_ends_both_with_a_sentence(server_env, transactional_db):
    with socket.create_server(("127.0.0.1", 0)) as other:
        env = {**server_env, "HOST": "127.0.0.1", "PORT": str(other.getsockname()[1])}
        done = subprocess.run(
            [sys.executable, "-m", "config.server.supervisor"],
            cwd=ROOT,
            env=clean(env),
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.count("The server ended with code 1. It is restarted.") == MOST_FAILURES - 1
    assert f"The server cannot start: it failed {MOST_FAILURES} times." in done.stderr
    assert WorkerProcess.objects.filter(ended_at=None).count() == 0


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self):
        return self.now


def pauses_of(program, clock, count):
    """Return the seconds until each of the next starts."""
    pauses = []
    for _ in range(count):
        program.process.wait()
        program.look()
        pauses.append(program.start_at - clock.now)
        clock.now = program.start_at
        assert program.look() is None
    program.process.wait()
    return pauses


def test_pauses_before_a_start_grow_until_a_start_settles():
    clock = Clock()
    program = Program("program", lambda: ["false"], clock)

    assert pauses_of(program, clock, 6) == [1, 2, 4, 8, 16, LONGEST_PAUSE]
    assert not program.has_settled
    clock.now += SETTLED_AFTER
    assert pauses_of(program, clock, 2) == [1, 2]
    assert program.has_settled


def test_worker_stops_when_its_server_is_gone(together):
    process = together()
    beside = children(process.pid)

    process.kill()
    process.wait()

    (pid,) = worker_pids()
    eventually(lambda: not is_running(pid))
    for child in beside:
        if is_running(child):
            os.kill(child, signal.SIGTERM)
