"""The rooms that an address of the list names; bulk edit and export read it, too."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext

from access.staff.limits import visible_to
from rooms.models import Room, RoomQuerySet
from rooms.pages.page_filter import PageFilter

# Parameters of an address, in the order of the links; others are ignored.
SELECTING = (
    *("search", "status", "live", "project", "quality", "layout", "record_on_start"),
    *(
        "enable_room_previews",
        "include_auto_created",
        "name",
        "display_name",
        "opens",
        "starts_after",
        "ends_before",
    ),
)
STATE = (*SELECTING, "ordering", "columns")
# The order of the list without `ordering`; the API's is newest first.
A_TO_Z = "display_name"
# The columns of the list in the order of the table; "name" is in every list.
COLUMNS = ("name", "project", "status", "answer", "when", "capacity", "video", "changed")
DEFAULT_COLUMNS = COLUMNS[:6]


def rooms_asked_for(user: Any, query: QueryDict) -> RoomQuerySet:
    """Return the rooms of `query` that `user` may see; raises ValidationError.

    `query` is that of the list's address: filters and `ordering`, blank ones ignored.
    """
    # The middleware sees only the query of the address, and a form may contain another one.
    if repeated := [name for name in STATE if len(query.getlist(name)) > 1]:
        words = gettext("{names}: give only one value.").format(names=", ".join(repeated))
        raise ValidationError(words)
    return rooms_in_order(stated(query), Room.objects.filter(visible_to(user)))


def rooms_in_order(
    params: dict[str, str], rooms: RoomQuerySet, default: str = A_TO_Z
) -> RoomQuerySet:
    """Return the ones of `rooms` that `params` ask for, in their order; raises ValidationError."""
    return PageFilter({"ordering": default, **params}, rooms).narrowed()


def stated(query: QueryDict, default: str = A_TO_Z) -> dict[str, str]:
    """Return the parameters of a query: the last value of each, without blanks.

    The `default` order is left out, so that one view has only one address.
    """
    params = {name: query.get(name, "").strip() for name in STATE}
    blank = {"ordering": ("", default)}
    return {name: value for name, value in params.items() if value not in blank.get(name, ("",))}


def without_faults(params: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the valid ones of `params`, and a sentence on each other one."""
    params, errors = _without_unknown_columns(params)
    if not params:
        return params, errors
    try:
        PageFilter(params, Room.objects.none()).narrowed()
    except ValidationError as wrong:
        errors += [message for _, words in wrong for message in words]
        return {name: params[name] for name in params if name not in wrong.error_dict}, errors
    return params, errors


def _without_unknown_columns(params: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    asked = params.get("columns", "name").split(",")
    unknown = next((name for name in asked if name not in COLUMNS), None)
    if unknown is None:
        return params, []
    words = gettext("columns must be some of {names}, not “{unknown}”.")
    kept = {name: value for name, value in params.items() if name != "columns"}
    return kept, [words.format(names=", ".join(COLUMNS), unknown=unknown[:100])]
