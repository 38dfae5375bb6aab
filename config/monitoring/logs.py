"""The log: the id of the request at work on every line, and lines that are counted instead."""

import contextvars
import logging

request_id_at_work: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id_at_work.get()
        return True


class SecondWays(logging.Handler):
    """Counts what rooms/changes/engine.py, which knows nothing of Prometheus, notes in its log."""

    def emit(self, record: logging.LogRecord) -> None:
        from config.monitoring.counters import SECOND_WAYS  # noqa: PLC0415

        SECOND_WAYS.inc()
