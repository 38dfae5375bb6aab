"""Bodies of requests: how large one may be, and what stands in for one that did not arrive."""

import io
from typing import Any

from django.conf import settings

BULK = "/api/video/rooms/bulk"
IMPORT = "/import"
# What a form adds around a file.
FORM_BYTES = 64 * 1024
# In the environ: when a request had arrived whole (time.perf_counter), to wait for a thread.
ARRIVED = "greenroom.arrived"


class TooLarge(OSError):
    """The body is longer than it may be."""


class CutOff(OSError):
    """The body did not arrive whole."""


class Unreadable(io.RawIOBase):
    """A body that did not arrive: reading it raises why."""

    def __init__(self, fault: OSError) -> None:
        self.fault = fault

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise self.fault


def is_api_path(path: str) -> bool:
    return path.startswith("/api/")


def largest_body(path: str, content_type: str = "") -> int:
    """Return how many bytes a body may have: some pages and one address of the API take files."""
    if path == IMPORT:
        return settings.API_FILE_BYTES + FORM_BYTES
    if not is_api_path(path):
        return settings.PAGE_BODY_BYTES
    if path != BULK:
        return settings.API_BODY_BYTES
    # JSON takes many times its length in memory, CSV does not.
    is_csv = content_type.partition(";")[0].strip().lower() == "text/csv"
    return settings.API_FILE_BYTES if is_csv else settings.API_IDS_BYTES
