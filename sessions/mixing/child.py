"""The process that composes one film: it has no secrets, no network, and limited resources.

It reads what strangers have sent. So it imports no Django, reads its job from standard input, and
writes a line of JSON for each second of the film: {"done": 0.25}. The last line has its faults and
its cost: {"faults": ["name: reason"], "cpu_seconds": 26.7}. On a full disk it is {"is_full": true}.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from sessions.mixing.canvas import Box
from sessions.mixing.disks import is_disk_full
from sessions.mixing.films import Film, Person, compose

# Bytes of memory beside the raw files, which are mapped.
MEMORY = 4 << 30
NICE = 10
# Defined in <linux/prctl.h> and <linux/sched.h>.
PR_SET_PDEATHSIG, CLONE_NEWUSER, CLONE_NEWNET = 1, 0x10000000, 0x40000000


def main() -> None:
    job = json.load(sys.stdin)
    confine(job.pop("cpu_seconds"), job.pop("raw_bytes"))
    try:
        faults = compose(_film(job), lambda share: _say(done=round(share, 4)))
    except OSError as fault:
        if is_disk_full(fault):
            _say(is_full=True)
        raise
    _say(faults=faults, cpu_seconds=round(time.process_time(), 2))


def confine(cpu_seconds: int, raw_bytes: int, nice: int = NICE) -> None:
    """Limit this process for good, and leave the network."""
    os.nice(nice)
    memory = MEMORY + raw_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        _leave_network()


def _leave_network() -> None:
    """End with the parent, and leave the network if the kernel lets every user do so."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _film(job: dict[str, Any]) -> Film:
    """Return the film of a job, whose keys are those of Film."""
    return Film(
        **{
            **job,
            "folder": Path(job["folder"]),
            "output": Path(job["output"]),
            "unfinished": Path(job["unfinished"]),
            "places": [[Box(*box) for box in boxes] for boxes in job["places"]],
            "people": [Person(**person) for person in job["people"]],
        }
    )


def _say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
