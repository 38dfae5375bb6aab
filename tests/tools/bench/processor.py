"""CPU time of a process and its descendants, as Linux counts it."""

import contextlib
import os
import resource
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processor_time(pid):
    """Return the CPU time of a process and its descendants, in seconds."""
    return sum(map(_own_time, with_descendants(pid))) if pid else 0.0


def with_descendants(pid):
    """Yield the ids of a process and its descendants."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        # A process of PostgreSQL may end while its children are read.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in thread.read_text().split():
                yield from with_descendants(int(child))


def children_time():
    """Return the CPU time of the children of this process that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _own_time(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # These fields follow the name, which may contain spaces: user and system time.
    fields = text.rpartition(")")[2].split()
    # Include the time of ended children.
    return sum(map(int, fields[11:15])) / TICKS
