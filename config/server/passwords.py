"""Refuse a sign-in on the event loop while the process checks other passwords.

Otherwise many sign-ins at once would wait for the threads that serve the API, and delay its calls.
"""

import logging
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from granian.rsgi import ProtocolClosed

from access.credentials.hashing import SECONDS_UNTIL_FREE, hashing_paths, hashing_slot
from access.http.response_headers import ResponseHeadersMiddleware

log = logging.getLogger(__name__)


def slot_for(environ: dict[str, Any]) -> AbstractContextManager[bool]:
    """Return the reservation of a slot, which other requests do not need."""
    if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] in hashing_paths():
        return hashing_slot(environ)
    return nullcontext(True)


def refuse_password(proto: Any) -> None:
    """Send the page with the seconds to wait, without a thread of the API."""
    # Only a metric (config/log_settings.py): a line for each would fill the log.
    log.debug("A password was not checked: others are.")
    page = busy_page()
    with suppress(ProtocolClosed):
        proto.response_bytes(page.status_code, [*page.headers.items()], page.content)


def prepare_passwords() -> None:
    """Load the URLconf and the page here, not on the event loop."""
    hashing_paths()
    busy_page()


@cache
def busy_page() -> HttpResponse:
    """Return the page of a sign-in that has to wait, with the headers of other pages."""
    text = render_to_string("account/wait.html", {"seconds": SECONDS_UNTIL_FREE})
    headers = {"Retry-After": str(SECONDS_UNTIL_FREE), "Cache-Control": "no-store"}
    page = HttpResponse(text, status=503, headers=headers)
    return ResponseHeadersMiddleware(lambda _: page)(HttpRequest())
