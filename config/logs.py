"""The id of the request at work, on every line of the log."""

import contextvars
import logging

request_id_at_work: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id_at_work.get()
        return True
