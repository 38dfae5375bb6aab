"""The state of the list: tabs, chips, selects and column heads of its address.

The address holds the whole state, and each link is the address with a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext

from access.api.filters import BOOLEANS
from access.staff.times import time_text
from access.values.timestamps import parse_timestamp
from rooms.models import Layout, Quality, RoomStatus
from rooms.pages.chips import Chip
from rooms.pages.list_query import A_TO_Z, SELECTING, STATE
from rooms.pages.room_list.columns import Columns, Head

YES_OR_NO = ("live", "record_on_start", "enable_room_previews", "include_auto_created")


@dataclass(frozen=True)
class Link:
    text: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Select:
    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


class ListState:
    """The parameters of an address; `projects` are those that the user may see."""

    default_order = A_TO_Z

    def __init__(self, params: Mapping[str, str], projects: Mapping[str, str], path: str) -> None:
        self.params, self.projects, self.path = dict(params), projects, path

    @property
    def query(self) -> str:
        return urlencode({name: self.params[name] for name in STATE if name in self.params})

    @property
    def ordering(self) -> str:
        return self.params.get("ordering", self.default_order)

    @property
    def is_filtered(self) -> bool:
        return any(name in self.params for name in SELECTING)

    @property
    def columns(self) -> Columns:
        # Rows do not show their project by default if all rows have the same one.
        several = len(self.projects) > 1 and "project" not in self.params
        return Columns(self.params.get("columns", ""), several)

    @cached_property
    def shows(self) -> dict[str, bool]:
        """The names of the shown columns, for a template."""
        return dict.fromkeys(self.columns.shown, True)

    def link(self, **changed: str | None) -> str:
        """Return the address with changed parameters; None removes one."""
        params = {**self.params, **changed}
        if changed.get("ordering") == self.default_order:
            del params["ordering"]
        query = urlencode({name: value for name, value in params.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def view_url(self, query: str) -> str:
        """Return the address of the list for the query of a saved view."""
        return f"{self.path}?{query}" if query else self.path

    @property
    def unfiltered(self) -> str:
        return self.link(**dict.fromkeys(SELECTING))

    @property
    def in_default_columns(self) -> str:
        return self.link(columns=None)

    def tabs(self) -> Iterator[Link]:
        now = {name: self.params[name] for name in ("status", "live") if name in self.params}
        for text, params in _tabs():
            yield Link(text, self.link(**{"status": None, "live": None, **params}), now == params)

    def chips(self) -> Iterator[Chip]:
        for name in SELECTING:
            if name in self.params:
                yield Chip(self._chip(name, self.params[name]), self.link(**{name: None}))

    def _chip(self, name: str, value: str) -> str:
        words = self._words(name).get(_same(name, value))
        if words:
            return words
        if name in ("starts_after", "ends_before"):
            value = time_text(parse_timestamp(value))
        if name == "project":
            value = self.projects.get(value, gettext("unknown"))
        return f"{_labels(get_language())[name]}: {value}"

    def _words(self, name: str) -> dict[str, str]:
        """Return the names of a filter's values, as texts without the filter's name."""
        return _choices(get_language()).get(name, {})

    def selects(self) -> Iterator[Select]:
        if len(self.projects) > 1:
            yield self._select("project", gettext("Any project"), self.projects)
        for name, anything in (
            ("quality", gettext("Any quality")),
            ("layout", gettext("Any layout")),
            ("record_on_start", gettext("Recording: any")),
            ("enable_room_previews", gettext("Previews: any")),
            ("include_auto_created", gettext("Token rooms: hidden")),
        ):
            yield self._select(name, anything, self._words(name))

    def order_select(self) -> Select:
        orders = _orders()
        first = orders.pop(self.default_order)
        # The address may name an order that the select does not offer.
        if "ordering" in self.params and self.ordering not in orders:
            orders[self.ordering] = self.ordering
        return self._select("ordering", first, orders)

    @property
    def pager_words(self) -> tuple[str, str]:
        """The words for the page before and for the one after."""
        if self.ordering == "-created_at":
            return gettext("Newer"), gettext("Older")
        if self.ordering == "created_at":
            return gettext("Older"), gettext("Newer")
        return gettext("Previous"), gettext("Next")

    def _select(self, name: str, anything: str, words: Mapping[str, str]) -> Select:
        chosen = _same(name, self.params.get(name, ""))
        return Select(name, _labels(get_language())[name], [("", anything), *words.items()], chosen)

    def carried(self, shown: Iterable[str]) -> dict[str, str]:
        """Return the parameters that the form sends as hidden inputs."""
        return {name: value for name, value in self.params.items() if name not in shown}

    def heads(self) -> Iterator[Head]:
        yield from self.columns.heads(self.ordering, self.link)


def _same(name: str, value: str) -> str:
    """Return "true" or "false" for the three spellings of each in an address."""
    if name in YES_OR_NO and value in BOOLEANS:
        return str(BOOLEANS[value]).lower()
    return value


def _tabs() -> list[tuple[str, dict[str, str]]]:
    return [
        (gettext("All"), {}),
        (gettext("Live now"), {"live": "true"}),
        (gettext("Open"), {"status": "open"}),
        (gettext("Full"), {"status": "full"}),
        (gettext("Scheduled"), {"status": "scheduled"}),
        (gettext("Closed"), {"status": "closed"}),
    ]


def status_words() -> dict[str, str]:
    return {
        RoomStatus.SCHEDULED: gettext("Scheduled"),
        RoomStatus.OPEN: gettext("Open"),
        RoomStatus.FULL: gettext("Full"),
        RoomStatus.CLOSED: gettext("Closed"),
    }


def _words_of(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


# Each select of a page needs them.
@cache
def _choices(_language: str | None) -> dict[str, dict[str, Any]]:
    return {
        "status": status_words(),
        "live": {"true": gettext("Live now"), "false": gettext("Not live")},
        "quality": _words_of(Quality),
        "layout": _words_of(Layout),
        "record_on_start": {"true": gettext("Records"), "false": gettext("Does not record")},
        "enable_room_previews": {"true": gettext("Previews"), "false": gettext("No previews")},
        "include_auto_created": {"true": gettext("Token rooms: shown")},
    }


@cache
def _labels(_language: str | None) -> dict[str, str]:
    return {
        "search": gettext("Search"),
        "status": gettext("Status"),
        "live": gettext("Live"),
        "project": gettext("Project"),
        "quality": gettext("Quality"),
        "layout": gettext("Layout"),
        "record_on_start": gettext("Recording"),
        "enable_room_previews": gettext("Previews"),
        "include_auto_created": gettext("Token rooms"),
        "name": gettext("Name"),
        "display_name": gettext("Display name"),
        "starts_after": gettext("Opens from"),
        "ends_before": gettext("Closes by"),
        "ordering": gettext("Sort"),
    }


def _orders() -> dict[str, str]:
    """Return the orders of the list; each has an index (Room.Meta.indexes).

    Only max_members and updated_at have none: a million rooms are sorted in half a second.
    """
    return {
        "display_name": gettext("Name, A to Z"),
        "-display_name": gettext("Name, Z to A"),
        "-created_at": gettext("Newest first"),
        "created_at": gettext("Oldest first"),
        "join_from": gettext("Opens earliest"),
        "-join_from": gettext("Opens latest"),
        "join_until": gettext("Closes earliest"),
        "-join_until": gettext("Closes latest"),
        "-max_members": gettext("Largest capacity"),
        "max_members": gettext("Smallest capacity"),
        "-updated_at": gettext("Most recently updated"),
        "updated_at": gettext("Least recently updated"),
    }
