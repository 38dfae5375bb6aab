"""manage.py mixer: the process that composes recordings and previews, beside the media server."""

import os
import signal
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sessions.models.worker_process import WorkerKind
from sessions.worker.runner import SIGNALS, Duty, Worker
from sessions.worker.upkeep import Occasional

NO_PACKAGES = (
    "The mixer needs more packages: pip install --require-hashes -r requirements-mixer.txt"
)


class Command(BaseCommand):
    help = "Compose recordings and previews until SIGTERM or Ctrl-C."

    def handle(self, **options: Any) -> None:
        if not settings.MIXER:
            raise CommandError("Set MIXER=true for the mixer, the servers and the workers.")
        # Before NumPy starts threads: one that does not block a signal would end the process.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            from sessions.mixing import composing, previews, removing  # noqa: PLC0415
        except ImportError as error:
            raise CommandError(f"{NO_PACKAGES} ({error})") from error
        # Janus and the other processes keep one core.
        count = max(1, (os.cpu_count() or 1) - 1)
        films = Duty(
            "recordings composed", composing.compose_due, interrupt=composing.end_composing
        )
        orphans = Occasional(composing.remove_orphans, timedelta(hours=1))
        removal = Occasional(removing.remove_files, timedelta(minutes=10))
        self.stdout.write("The mixer waits for recordings and live rooms.")
        duties = [
            Duty("rooms with previews visited", previews.take_previews),
            *[films] * count,
            Duty("films without a recording deleted", orphans),
            Duty("files of deleted recordings removed", removal),
        ]
        Worker(duties, kind=WorkerKind.MIXER).run()
