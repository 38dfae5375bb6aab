"""Delete many rows in short transactions, so that no other request waits for long."""

from typing import Any

from django.db import models

BATCH = 500


def delete_in_batches(rows: "models.QuerySet[Any]", size: int = BATCH) -> int:
    """Delete the rows, and those that depend on them; return the number of the former."""
    deleted = 0
    while chosen := list(rows.values_list("pk", flat=True)[:size]):
        # The conditions hold again: a row may have changed since it was chosen.
        _, counts = rows.filter(pk__in=chosen).order_by().delete()
        deleted += counts.get(rows.model._meta.label, 0)
    return deleted
