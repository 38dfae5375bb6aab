"""The database errors that pass by themselves: the client can repeat its request later."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, InterfaceError, OperationalError

log = logging.getLogger(__name__)

# The classes of PostgreSQL's error codes (SQLSTATE) that mean "not now".
OUTAGES = {
    "08": "The connection failed.",
    "25": "The server, the transaction or the session does not accept the statement at present.",
    "28": "The server does not accept the role at present.",
    "40": "The transaction met another one: a deadlock, or a conflict with the recovery.",
    "53": "The disk, the memory or the connections of the server are used up.",
    "55": "Another session has the lock.",
    "57": "The server stops, starts or has cancelled the statement.",
    "58": "The operating system of the server failed, such as its disk.",
}
READ_ONLY = "25006"
# Returns "on" for a standby, too.
READ_ONLY_QUERY = "SHOW transaction_read_only"


def is_outage(error: BaseException | None) -> bool:
    """Return whether the database could not do its work now; the statement has no fault."""
    if not isinstance(error, Error):
        return False
    if state := _sqlstate(error):
        return state[:2] in OUTAGES
    # SQLite has no codes of the standard, and a connection that is not made has none.
    return isinstance(error, OperationalError | InterfaceError)


def is_read_only(error: BaseException) -> bool:
    """Return whether the server refused a write because it only reads at present."""
    name = getattr(error.__cause__, "sqlite_errorname", "") or ""
    return _sqlstate(error) == READ_ONLY or name.startswith("SQLITE_READONLY")


def outage_behind(error: BaseException | None) -> BaseException | None:
    """Return the outage that an error was raised for, which may be the error itself."""
    while error is not None and not is_outage(error):
        error = error.__cause__ or error.__context__
    return error


@contextmanager
def ignored_outage(ignored: Callable[[Error], bool] = is_outage) -> Iterator[None]:
    """Leave the block at an outage, for a write that is not worth the client's answer."""
    try:
        yield
    except Error as error:
        if not ignored(error):
            raise
        log.info("A write was left out: %s", error)


def _sqlstate(error: BaseException) -> str:
    return getattr(error.__cause__ or error, "sqlstate", None) or ""
