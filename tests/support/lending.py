"""Run a command with what this program provides, and clean up when a signal ends it."""

import os
import signal
import subprocess


def lend(command, env):
    """Run `command` with `env` added to our environment; return its exit code."""
    # Its own session, so that it gets only our signal, and has time to clean up.
    child = subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True)
    try:
        code = child.wait()
    except _Interrupted as interruption:
        code = _end_group(child, interruption.signal)
    return code if code >= 0 else 128 - code


class _Interrupted(SystemExit):
    def __init__(self, number):
        super().__init__(128 + number)
        self.signal = number


def _interrupt(number, frame):
    # Only once, because a second signal would shorten its cleanup.
    _on_signals(signal.SIG_IGN)
    raise _Interrupted(number)


def clean_up_when_told_to_end():
    """Leave every `with` block when a signal ends this program, so that no server survives it."""
    _on_signals(_interrupt)


def _on_signals(handler):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _end_group(child, number):
    """Pass the signal to `child` and all its descendants."""
    os.killpg(child.pid, number)
    try:
        return child.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return child.wait()
