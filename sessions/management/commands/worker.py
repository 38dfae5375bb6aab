from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sessions.worker.runner import Worker


class Command(BaseCommand):
    help = (
        "Run scheduled work: remove members, end empty sessions, send webhooks, run bulk changes. "
        "Any number of workers share the work. SIGTERM or Ctrl-C ends this worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--parent",
            type=int,
            metavar="PID",
            help="End when this process ends.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        Worker(parent=options["parent"]).run()
