"""CSV files and bulk changes occupy at most half of the threads of a process, and two per owner.

The counts are in the memory of each process, because they protect its threads.
"""

import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from access.http.errors import SECONDS_UNTIL_RETRY, ApiError
from access.http.refusals import refuse

Page = Callable[..., HttpResponseBase]

PER_OWNER = 2
OCCUPIED = (
    "The server is busy with other CSV files and bulk changes. "
    f"Try again in {SECONDS_UNTIL_RETRY} seconds."
)
# Seconds until Python takes the interpreter from a thread that computes. Each request would wait
# this time again and again while a long call runs.
SWITCH_AFTER, SWITCH_SOONER = sys.getswitchinterval(), 0.0001
RETRY = {"Retry-After": str(SECONDS_UNTIL_RETRY)}


class Slots:
    """The long calls that a process runs at present, by owner."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken: Counter[str] = Counter()
        self.lock = threading.Lock()

    def take(self, owner: str) -> None:
        """Take a slot for `owner`. Raises ApiError if none is free."""
        with self.lock:
            if self.taken.total() >= self.most or self.taken[owner] >= PER_OWNER:
                raise ApiError(429, OCCUPIED, RETRY)
            self.taken[owner] += 1
            sys.setswitchinterval(SWITCH_SOONER)

    def free(self, owner: str) -> None:
        with self.lock:
            self.taken -= Counter([owner])
            if not self.taken:
                sys.setswitchinterval(SWITCH_AFTER)


@cache
def slots() -> Slots:
    return Slots(max(1, settings.THREADS // 2))


def in_slot(owner: Any, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return answer(), which occupies a slot until its last piece is sent. Raises ApiError."""
    slots().take(str(owner))
    response = None
    try:
        response = answer()
    finally:
        if response is None or not response.streaming:
            slots().free(str(owner))
    if response.streaming:
        # It is called once: when the response is closed, or dropped after a fault.
        free = weakref.finalize(response, slots().free, str(owner))
        response._resource_closers.append(free)  # type: ignore[attr-defined]
    return response


def long_call(action: Callable[..., Any]) -> Callable[..., Any]:
    """Let an action of the API run in a slot of its project."""

    @wraps(action)
    def limited(view: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return in_slot(view.token.project_id, lambda: action(view, *args, **kwargs))

    return limited


def long_page(method: str) -> Callable[[Page], Page]:
    """Let a page run in a slot of its user when it is requested with this method."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != method:
                return view(request, *args, **kwargs)
            try:
                return in_slot(request.user.pk, lambda: view(request, *args, **kwargs))
            except ApiError as occupied:
                return _page_of(occupied, request)

        return limited

    return decorate


def _page_of(occupied: ApiError, request: HttpRequest) -> HttpResponse:
    response = refuse(request, occupied.status_code, OCCUPIED)
    response.headers["Retry-After"] = occupied.headers["Retry-After"]
    return response
