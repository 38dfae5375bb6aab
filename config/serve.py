"""The production server, started as ./run, the tests and the bench start it alike."""

import os
import sys

from django.conf import settings


def command() -> list[str]:
    return [
        "granian", "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", str(settings.WORKERS), "--blocking-threads", str(settings.THREADS),
        "--respawn-failed-workers", "--log-level", "warning",
        "config.wsgi:application",
    ]  # fmt: skip


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    program = os.path.join(os.path.dirname(sys.executable), command()[0])
    os.execv(program, command())  # noqa: S606 - no shell is wanted
