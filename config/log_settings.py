"""The settings of the log."""

from typing import Any

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.monitoring.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # A refused request concerns its client, not the operator.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}


def logging(counted: bool) -> dict[str, Any]:
    """Return the settings; `counted` sends the lines of a metric to their handler alone."""
    if not counted:
        return _LOGGING
    handlers = {
        "lock waits": {"class": "config.monitoring.logs.LockWaitHandler"},
        "busy passwords": {"class": "config.monitoring.logs.BusyPasswordHandler"},
    }
    engine = {"level": "DEBUG", "handlers": ["lock waits"], "propagate": False}
    passwords = {"level": "DEBUG", "handlers": ["busy passwords"], "propagate": False}
    return {
        **_LOGGING,
        "handlers": {**_LOGGING["handlers"], **handlers},
        "loggers": {
            **_LOGGING["loggers"],
            "rooms.changes.engine": engine,
            "config.server.passwords": passwords,
        },
    }
