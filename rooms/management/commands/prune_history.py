from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rooms.models.history import RoomChange

AT_ONCE = 10_000
# A hundred years; dates begin with the year 1.
MOST_DAYS = 36_525


class Command(BaseCommand):
    help = (
        "Delete history older than so many days. Nothing else ever does. What is left no "
        "longer tells how the oldest rooms began, and changes before that cannot be reverted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
        parser.add_argument("--dry-run", action="store_true", help="Only say how many.")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["older_than"]
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--older-than must be 1 to {MOST_DAYS} days, not {days}.")
        old = RoomChange.objects.filter(at__lt=timezone.now() - timedelta(days=days))
        if options["dry_run"]:
            self.stdout.write(f"{old.count()} entries are older than {days} days.")
            return
        self.stdout.write(f"{_delete(old)} entries older than {days} days are deleted.")


def _delete(entries: Any) -> int:
    """Delete in portions: one statement over years of history would lock and log for long."""
    deleted = 0
    while ids := list(entries.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        deleted += RoomChange.objects.filter(pk__in=ids).delete()[0]
    return deleted
