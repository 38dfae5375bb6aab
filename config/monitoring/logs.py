"""Logging: the current request's id on every line, and log lines that are counted."""

import contextvars
import logging

request_id_at_work: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id_at_work.get()
        return True


class LockWaitHandler(logging.Handler):
    """Counts log records of rooms/changes/engine.py, which does not import Prometheus."""

    def emit(self, record: logging.LogRecord) -> None:
        from config.monitoring.counters import LOCK_WAITS  # noqa: PLC0415

        LOCK_WAITS.inc()


class BusyPasswordHandler(logging.Handler):
    """Counts log records of config/server/passwords.py, which is on the event loop."""

    def emit(self, record: logging.LogRecord) -> None:
        from config.monitoring.counters import SIGN_INS  # noqa: PLC0415

        SIGN_INS.labels("busy").inc()
