"""Refuse a sign-in on the event loop while the process checks other passwords.

Otherwise many sign-ins at once would wait for the threads that serve the API, and delay its calls.
"""

import logging
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from granian.rsgi import ProtocolClosed

from access.credentials.hashing import SECONDS_UNTIL_FREE, hashing_paths, hashing_slot

log = logging.getLogger(__name__)

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Retry-After", str(SECONDS_UNTIL_FREE)),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


def slot_for(environ: dict[str, Any]) -> AbstractContextManager[bool]:
    """Return the reservation of a slot, which other requests do not need."""
    if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] in hashing_paths():
        return hashing_slot(environ)
    return nullcontext(True)


def refuse_password(proto: Any) -> None:
    """Send the page with the seconds to wait, without a thread of the API."""
    # Only a metric (config/log_settings.py): a line for each would fill the log.
    log.debug("A password was not checked: others are.")
    with suppress(ProtocolClosed):
        proto.response_str(503, HEADERS, _page())


def prepare_passwords() -> None:
    """Load the URLconf and the page here, not on the event loop."""
    hashing_paths()
    _page()


@cache
def _page() -> str:
    return render_to_string("account/wait.html", {"seconds": SECONDS_UNTIL_FREE})
