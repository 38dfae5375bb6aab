"""Django's migrate with a short lock timeout and without a statement timeout.

While a migration waits for a lock, all later requests for the table wait behind it. This command
stops waiting after settings.MIGRATION_LOCK_SECONDS: the migration is rolled back, the ones before
it stay applied.

Behind PgBouncer the role's limits apply, because other clients would inherit session settings.
"""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql" or settings.PGBOUNCER:
            super().handle(*args, **options)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_milliseconds()])
            # To index a million rooms takes longer than the timeout of a request.
            cursor.execute("SET statement_timeout = 0")
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET statement_timeout")


def _milliseconds() -> str:
    return str(settings.MIGRATION_LOCK_SECONDS * 1000)
