"""Fold the display names of rooms and sessions that SQL cannot fold, as rooms/rules/searching.py.

Each batch is a transaction of its own, and a repeated migration continues. The worker folds a name
that changes in the meantime.
"""

import re
from unicodedata import category, combining, normalize

from django.db import migrations

AT_ONCE = 500
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th"}
    | {"\u0131": "i"}
)
SELECTORS = re.compile("[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def fold(text):
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    kept = "".join(one for one in decomposed if not combining(one) and category(one) != "Cf")
    return SELECTORS.sub("", kept).translate(LETTERS)


def fold_all(apps, schema_editor):
    for label in ("rooms.Room", "room_sessions.RoomSession"):
        rows = apps.get_model(label)._base_manager.using(schema_editor.connection.alias)
        fold_rows(rows.filter(display_name__regex=r"[^\u0001-\u007f]", folded_from=None))


def fold_rows(rows):
    columns = ["folded_name", "folded_from"]
    rows = rows.order_by("pk").only("display_name", *columns)
    batch = list(rows[:AT_ONCE])
    while batch:
        for row in batch:
            row.folded_name, row.folded_from = fold(row.display_name), row.display_name
        rows.model._base_manager.using(rows.db).bulk_update(batch, columns)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:AT_ONCE])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("rooms", "0015_add_folded_names"),
        ("room_sessions", "0012_add_folded_names"),
    ]

    operations = [migrations.RunPython(fold_all, migrations.RunPython.noop, elidable=True)]
