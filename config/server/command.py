"""The production server, started as ./run, the tests and the bench start it alike."""

import os
import shutil
import sys

from django.conf import settings

# Where the worker processes of a server count, each into files of its own.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def command() -> list[str]:
    """Return what to start, after making ready what its processes share."""
    _begin_counts()
    return [
        # As a module: the script of that name would not survive a move of the folder.
        sys.executable, "-m", "granian",
        "--interface", "rsgi", "--http", "1", "--no-ws", "--loop", "uvloop",
        "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", str(settings.WORKERS), "--respawn-failed-workers",
        # A worker that is told to end while it starts does not hear it.
        "--workers-kill-timeout", "15",
        # Headers have as long to arrive as a body has, and so has a connection's next request.
        "--http1-header-read-timeout", str(settings.BODY_TIMEOUT * 1000),
        "--http1-buffer-size", str(settings.HEADER_BYTES),
        "--log-level", "warning",
        "config.server.rsgi:server",
    ]  # fmt: skip


def _begin_counts() -> None:
    if not settings.METRICS_TOKEN:
        return
    folder = settings.DATA_DIR / "metrics" / str(settings.PORT)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[COUNTS] = str(folder)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.execv(sys.executable, command())  # noqa: S606 - no shell is wanted
