from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sessions.worker.runner import Worker


class Command(BaseCommand):
    help = (
        "Do what has to happen at a given time: remove members, end empty sessions, call "
        "webhooks, change many rooms at once. Any number of workers share the work. Ends with "
        "SIGTERM or Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--parent", type=int, metavar="PID", help="End when this is no longer the parent."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        Worker(parent=options["parent"]).run()
