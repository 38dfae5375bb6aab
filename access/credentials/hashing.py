"""Hash passwords beside the API: in two threads of low priority, and for few requests at once."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

MOST_AT_ONCE = 2
# A processor gives a tenth of its time to a thread of this niceness, if another thread needs it.
NICENESS = 10


class BoundedPasswordHasher(PBKDF2PasswordHasher):
    """Django's hasher: the same algorithm, at most two hashes at a time in a process."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return _threads().submit(super().encode, password, salt, iterations).result()


@contextmanager
def hashing_slot() -> Iterator[bool]:
    """Reserve a slot for a request with a password; yields False at once if none is free."""
    is_free = _slots().acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            _slots().release()


@cache
def _slots() -> BoundedSemaphore:
    # A waiting request occupies a thread, so half of the threads stay free.
    return BoundedSemaphore(max(1, min(MOST_AT_ONCE, settings.THREADS // 2)))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_AT_ONCE, "password", _lower_priority)


def _lower_priority() -> None:
    # Other systems than Linux would lower the priority of the whole process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
