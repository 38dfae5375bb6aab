from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from rooms.models.history import RoomChange

# The number of ids that one statement looks at.
BATCH_SIZE = 10_000
# A hundred years; dates begin with the year 1.
MOST_DAYS = 36_525
# Times follow the ids, except for the length of a transaction and differences between clocks.
OUT_OF_ORDER = timedelta(days=1)


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
        limit = timezone.now() - timedelta(days=days)
        if options["dry_run"]:
            count = _for_each_batch(limit, lambda old: old.count())
            self.stdout.write(f"{count} entries are older than {days} days.")
            return
        deleted = _for_each_batch(limit, lambda old: old.delete()[0])
        self.stdout.write(f"{deleted} entries older than {days} days were deleted.")


def _for_each_batch(limit: datetime, do: Callable[["QuerySet[RoomChange]"], int]) -> int:
    """Call `do` with the entries before `limit`, a range of ids at a time; return its sum.

    One statement would run for minutes. A search for the first old entry would pass all deleted
    ones again in each batch, and all newer ones at the end.
    """
    total, following = 0, 0
    while (first := _first_id_from(following)) is not None:
        following = first + BATCH_SIZE
        batch = RoomChange.objects.filter(pk__gte=first, pk__lt=following)
        done = do(batch.filter(at__lt=limit))
        if not done and not batch.filter(at__lt=limit + OUT_OF_ORDER).exists():
            break
        total += done
    return total


def _first_id_from(start: int) -> int | None:
    entries = RoomChange.objects.filter(pk__gte=start).order_by("pk")
    return entries.values_list("pk", flat=True).first()
