"""Long computations use at most half of the processors of this machine, whatever the process.

A thread that computes keeps Python's interpreter while the operating system runs another program
on its processor. The other threads of its process wait for both, so some processors stay free.
"""

import contextlib
import fcntl
import itertools
import os
from collections.abc import Iterator

from django.conf import settings

AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
_turns = itertools.count(os.getpid())


@contextlib.contextmanager
def processor() -> Iterator[None]:
    """Wait for a processor, and keep it. The block must not wait for a lock of the database."""
    path = settings.DATA_DIR / f"computing-{next(_turns) % AT_ONCE}.lock"
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        # Without a writable folder there is no limit.
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        # This ends the lock, as the death of the process does.
        os.close(file)
