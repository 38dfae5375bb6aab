"""Bodies of requests: how large one may be, and what stands in for one that did not arrive."""

import io
from typing import Any

from django.conf import settings


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


def largest_body(path: str) -> int:
    """Return how many bytes a body may have: pages take files, the API does not."""
    return settings.API_BODY_BYTES if is_api_path(path) else settings.PAGE_BODY_BYTES
