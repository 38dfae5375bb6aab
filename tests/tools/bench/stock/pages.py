"""The list of rooms in Django admin for page_times.py, with the rooms of Greenroom."""

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from tests.tools.bench.rivals import STOCK_COLUMNS


def fill():
    """Copy Greenroom's rooms into the stock table; return the user of the pages."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO stock_room ({STOCK_COLUMNS}) SELECT {STOCK_COLUMNS} FROM rooms_room"  # noqa: S608
        )
    return get_user_model().objects.get(is_superuser=True)


def requests(client):
    yield "list of rooms in stock Django admin", lambda: client.get("/admin/stock/room/")
