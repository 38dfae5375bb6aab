from typing import Any

from django.core.management.base import BaseCommand

from sessions.worker.pruning import PRUNED


class Command(BaseCommand):
    help = (
        "Delete rows that are no longer needed, as each worker does once a day. The history is "
        "kept: prune_history deletes it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, pruning in PRUNED.items():
            self.stdout.write(f"{name}: {pruning.do()} deleted")
