"""Processor time, as Linux counts it: of a process and of all that it started."""

import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processor_time(pid):
    """Return the seconds of processor time of a process and of all that it started."""
    return sum(map(_own_time, tree(pid))) if pid else 0.0


def tree(pid):
    """Yield a process and all that it started."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        # A worker of PostgreSQL's may end while it is looked at.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in thread.read_text().split():
                yield from tree(int(child))


def _own_time(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # After the name, which may hold blanks: user and system time.
    fields = text.rpartition(")")[2].split()
    # And those of its children that have ended.
    return sum(map(int, fields[11:15])) / TICKS
