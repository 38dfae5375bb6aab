from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.database.batches import delete_in_batches
from rooms.models.history import RoomChange

BATCH_SIZE = 10_000
# A hundred years; dates begin with the year 1.
MOST_DAYS = 36_525


class Command(BaseCommand):
    help = (
        "Delete history older than a number of days. No other command deletes history. Deleted "
        "changes cannot be reverted, and the first settings of the oldest rooms are lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
        parser.add_argument("--dry-run", action="store_true", help="Only print the number.")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than"]
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--older-than must be 1 to {MOST_DAYS} days, not {days}.")
        old = RoomChange.objects.filter(at__lt=timezone.now() - timedelta(days=days))
        if options["dry_run"]:
            self.stdout.write(f"{old.count()} entries are older than {days} days.")
            return
        deleted = delete_in_batches(old.order_by("pk"), BATCH_SIZE)
        self.stdout.write(f"{deleted} entries older than {days} days were deleted.")
