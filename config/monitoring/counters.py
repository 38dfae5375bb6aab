"""Counters, increased where events occur; the gauges are in config/monitoring/gauges.py."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram

from config.server.command import COUNTS

# In seconds. A change takes milliseconds; a bulk change of 10,000 rooms takes seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "greenroom_requests",
    "Answered requests.",
    ("route", "method", "status"),
    registry=REGISTRY,
)
SECONDS = Histogram(
    "greenroom_request_seconds",
    "Time from the complete request to its response.",
    ("route", "method"),
    buckets=BUCKETS,
    registry=REGISTRY,
)
DATABASE_ERRORS = Counter(
    "greenroom_database_errors",
    "Requests answered 503 because of the database, by the driver's name of the error.",
    ("error",),
    registry=REGISTRY,
)
LOCK_WAITS = Counter(
    "greenroom_changes_second_way",
    "Changes that waited for a row lock, because another request had changed the room.",
    registry=REGISTRY,
)
REFUSALS = Counter(
    "greenroom_refusals",
    "Faults in 422 responses, by code.",
    ("code",),
    registry=REGISTRY,
)

SIGN_INS = Counter(
    "greenroom_sign_ins",
    "Passwords sent to sign in or to change the password, by result.",
    ("result",),
    registry=REGISTRY,
)


def reserve() -> None:
    """Reserve disk space for this process's counters; raises OSError if the disk is full.

    Otherwise a disk that fills up later would kill the process with SIGBUS at its next write to the
    mapped file.
    """
    if not hasattr(os, "posix_fallocate"):  # macOS
        return
    SECONDS.labels("none", "GET")
    for path in Path(os.environ.get(COUNTS, os.devnull)).glob(f"*_{os.getpid()}.db"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
