"""Fill and index the former names of rooms; writers go on.

Without the extension pg_trgm the search answers the same, having read every former name.
"""

import logging
import re
from unicodedata import category, combining, normalize

from django.db import DatabaseError, migrations
from django.db.models import Q

log = logging.getLogger(__name__)

AT_ONCE = 1000
# As rooms/models/searchable.py has it: SearchedText("former_names").
TEXTS = """
    CREATE INDEX CONCURRENTLY roomchange_former_text ON rooms_roomchange
    USING gin (lower((former_names) COLLATE "C") gin_trgm_ops) WHERE former_names IS NOT NULL
"""
ROOMS = """
    CREATE INDEX {} roomchange_former ON rooms_roomchange (room_id)
    WHERE former_names IS NOT NULL
"""


# As rooms/rules/searching.py folds names in this release.
LETTERS = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t"}
PLAIN_LETTERS = str.maketrans(LETTERS | {"þ": "th", "\u0131": "i"})
VARIATION_SELECTORS = re.compile("[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def fold(text):
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    kept = "".join(one for one in decomposed if not combining(one) and category(one) != "Cf")
    return VARIATION_SELECTORS.sub("", kept).translate(PLAIN_LETTERS)


def fill(apps, schema_editor):
    changes = apps.get_model("rooms", "RoomChange").objects.using(schema_editor.connection.alias)
    has_names = Q(action="deleted") | Q(action="changed", changes__has_key="display_name")
    left, last = changes.filter(has_names, former_names=None).order_by("pk"), 0
    while rows := list(left.filter(pk__gt=last)[:AT_ONCE]):
        for row in rows:
            before = (row.changes.get("display_name") or [""])[0]
            row.former_names = fold(f"{row.room_name} {before}")
        changes.bulk_update(rows, ["former_names"], batch_size=100)
        last = rows[-1].pk


def add_indexes(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(ROOMS.format(""))
        return
    # An attempt that failed has left an index that is not valid.
    remove_indexes(apps, schema_editor)
    schema_editor.execute(ROOMS.format("CONCURRENTLY"))
    try:
        schema_editor.execute(TEXTS)
    except DatabaseError as refused:
        log.warning("Searching rooms by a part of their former names stays slow: %s", refused)
    # PostgreSQL plans with statistics of the indexed expression.
    schema_editor.execute("ANALYZE rooms_roomchange")


def remove_indexes(apps, schema_editor):
    how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("roomchange_former_text", "roomchange_former"):
        schema_editor.execute(f"DROP INDEX {how} IF EXISTS {name}")


class Migration(migrations.Migration):
    # CREATE INDEX CONCURRENTLY needs this.
    atomic = False

    dependencies = [("rooms", "0020_add_former_names")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(add_indexes, remove_indexes),
    ]
