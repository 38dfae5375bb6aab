"""Parts of the list's page that depend only on its address, the projects and the language.

They show no room, no saved view, no time and no token, so the next page with the same values
shows them again: docs/adr/0047-compiled-templates.md.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rooms.pages.room_list.state import ListState

Pairs = tuple[tuple[str, Any], ...]


class Address(NamedTuple):
    """The values of a ListState, which can be the key of a cache."""

    kind: type[ListState]
    params: Pairs
    projects: Pairs
    path: str


def filters_of(state: ListState) -> SafeString:
    """Render the form above the list."""
    return _list_part("rooms/list/_filters.html", state)


def table_parts(state: ListState, *, may_pick: bool) -> dict[str, SafeString]:
    """Render the menu of columns, and their heads."""
    heads = _list_part("rooms/list/_heads.html", state, may_pick=may_pick)
    return {"heads": heads, "columns_menu": _list_part("rooms/list/_columns.html", state)}


def _list_part(name: str, state: ListState, **flags: bool) -> SafeString:
    params, projects = tuple(state.params.items()), tuple(state.projects.items())
    address = Address(type(state), params, projects, state.path)
    return _rendered(name, address, tuple(flags.items()), get_language())


# A part has 20 kB if there are 200 projects.
@lru_cache(maxsize=64)
def _rendered(name: str, address: Address, flags: Pairs, _language: str | None) -> SafeString:
    """Render a template that uses only `state` and `flags`."""
    state = address.kind(dict(address.params), dict(address.projects), address.path)
    return render_to_string(name, {"state": state, **dict(flags)})
