"""The production server's command, shared by ./run, the tests and the bench."""

import os
import shutil
import sys

from django.conf import settings

from config.start import load_settings

# The folder where worker processes store their counters.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def command() -> list[str]:
    """Return the server's command, after creating the folders that its processes share."""
    _create_counts_folder()
    return [
        # As a module, because an installed script would not survive moving the folder.
        sys.executable, "-m", "granian",
        "--interface", "rsgi", "--http", "1", "--no-ws", "--loop", "uvloop",
        "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", str(settings.WORKERS), "--respawn-failed-workers",
        "--backpressure", str(settings.CONNECTIONS),
        # A worker that is still starting does not react to a signal.
        "--workers-kill-timeout", "15",
        # Headers, and the next request of a connection, have the same time limit as a body.
        "--http1-header-read-timeout", str(settings.BODY_TIMEOUT * 1000),
        "--http1-buffer-size", str(settings.SERVER_BUFFER_BYTES),
        "--log-level", "warning",
        "config.server.rsgi:server",
    ]  # fmt: skip


def _create_counts_folder() -> None:
    if not settings.METRICS_TOKEN:
        return
    folder = settings.DATA_DIR / "metrics" / str(settings.PORT)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[COUNTS] = str(folder)


if __name__ == "__main__":
    load_settings()
    os.execv(sys.executable, command())  # noqa: S606 - no shell is needed
