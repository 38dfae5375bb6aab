"""Django's migrate, which waits shortly for a lock and as long as it takes for its own work.

A migration that queues behind a long transaction has everybody else queue behind it. This one
gives up instead, after settings.MIGRATION_LOCK_SECONDS, and is undone; those before it stand.

Behind pgbouncer the role's own limits hold: what a session sets there is left to strangers.
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
            # An index of a million rooms takes longer than a request may.
            cursor.execute("SET statement_timeout = 0")
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET statement_timeout")


def _milliseconds() -> str:
    return str(settings.MIGRATION_LOCK_SECONDS * 1000)
