"""Hash passwords beside the API: in two threads of low priority, and for few requests at once."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from access.http.view_attributes import paths_with

MOST_AT_ONCE = 2
# The key of a request's environ.
SLOT = "greenroom.hashing_slot"
# A hash takes less time.
SECONDS_UNTIL_FREE = 2
# A processor gives a tenth of its time to a thread of this niceness, if another thread needs it.
NICENESS = 10


class BoundedPasswordHasher(PBKDF2PasswordHasher):
    """Django's hasher: the same algorithm, at most two hashes at a time in a process."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return _threads().submit(super().encode, password, salt, iterations).result()


@contextmanager
def hashing_slot(environ: dict[str, Any]) -> Iterator[bool]:
    """Reserve a slot for a request with a password; yields False at once if none is free.

    The server reserves it on its event loop. Then the view finds it in the request's environ.
    """
    if SLOT in environ:
        yield environ[SLOT]
        return
    is_free = environ[SLOT] = _slots().acquire(blocking=False)
    try:
        yield is_free
    finally:
        del environ[SLOT]
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


@cache
def hashing_paths() -> frozenset[str]:
    """Return the paths whose POST hashes a password, without those in Django admin."""
    return paths_with("hashes_passwords")
