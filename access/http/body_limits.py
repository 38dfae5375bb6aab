"""Bodies of requests: how large a body may be, and what replaces one that did not arrive."""

import io
from functools import cache
from typing import Any

from django.conf import settings

from access.http.paths import is_api_path
from access.http.view_attributes import BodyLimit, body_limits

# The fields of a form, around a file.
FORM_BYTES = 64 * 1024
# In the environ: the time.perf_counter() at which the request had arrived.
ARRIVED = "greenroom.arrived"


class TooLarge(OSError):
    """The body is larger than its limit."""


class CutOff(OSError):
    """The body ended before its length."""


class Unproven(OSError):
    """The body is large, and the request has no credential that works."""


class Busy(OSError):
    """The process holds as many bodies as it may."""


class Unreadable(io.RawIOBase):
    """A body that did not arrive: reading it raises the reason."""

    def __init__(self, fault: OSError) -> None:
        self.fault = fault

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise self.fault


def largest_body(path: str, content_type: str = "") -> int:
    """Return how many bytes a body may have; views that take files set their own limit."""
    limit = own_limits().get(path)
    if limit:
        return limit(content_type)
    return settings.API_BODY_BYTES if is_api_path(path) else settings.PAGE_BODY_BYTES


@cache
def own_limits() -> dict[str, BodyLimit]:
    return body_limits()


def file_limit(content_type: str) -> int:
    """Return the limit of an API call that takes a CSV file, or JSON instead."""
    # JSON takes many times its length in memory, CSV does not.
    is_csv = content_type.partition(";")[0].strip().lower() == "text/csv"
    return settings.API_FILE_BYTES if is_csv else settings.API_IDS_BYTES


def form_file_limit(content_type: str) -> int:
    """Return the limit of a form with a file."""
    return settings.API_FILE_BYTES + FORM_BYTES
