"""Fold the names that an older release has written during an upgrade: this changes no room."""

from typing import Any

from django.db.models import F, Q

from rooms.models.searchable import Searchable
from rooms.rules.searching import fold

AT_ONCE = 500
_IS_STALE = Q(folded_from=None) | ~Q(folded_from=F("display_name"))
# The search folds ASCII itself.
_UNFOLDED = Q(display_name__regex=r"[^\u0001-\u007f]") & _IS_STALE


def fold_names(model: type[Searchable]) -> int:
    """Fold the display names of up to AT_ONCE rows of a table; return their number."""
    rows: Any = model._base_manager
    found = rows.filter(_UNFOLDED).order_by("pk").values_list("pk", "display_name")[:AT_ONCE]
    unfolded = list(found)
    for key, name in unfolded:
        # Without a lock, because another name in the meantime has been folded by its writer.
        rows.filter(pk=key, display_name=name).update(folded_name=fold(name), folded_from=name)
    return len(unfolded)
