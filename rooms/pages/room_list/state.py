"""The state of the list: tabs, chips, selects and column heads of its address.

The address holds the whole state, and each link is the address with a change.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from access.api.filters import BOOLEANS
from access.staff.days import date_text
from access.staff.times import time_text
from access.values.timestamps import parse_timestamp
from rooms.pages.chips import Chip
from rooms.pages.list_query import A_TO_Z, SELECTING, STATE
from rooms.pages.page_filter import DAY, OTHER_DAYS
from rooms.pages.room_list.columns import Columns, Head
from rooms.pages.room_list.words import filter_labels, filter_words, list_orders, status_tabs

DAYS = ("starts_after", "ends_before")
SHOWN_IN_FORM = (
    *("search", "project", "quality", "layout", "record_on_start", "enable_room_previews"),
    *("include_auto_created", "opens", "starts_after", "ends_before", "ordering"),
)
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

    def options_html(self) -> SafeString:
        """Return the options, written without a template: a page has forty of them."""
        marks = {self.chosen: " selected"}
        parts = (
            f'<option value="{escape(value)}"{marks.get(value, "")}>{escape(text)}</option>'
            for value, text in self.options
        )
        return SafeString("".join(parts))


@dataclass(frozen=True)
class DayInput:
    name: str
    label: str
    type: str
    value: str


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
    def filters(self) -> dict[str, str]:
        """The parameters that leave out rooms."""
        found = {name: self.params[name] for name in SELECTING if name in self.params}
        return {name: value for name, value in found.items() if value != OTHER_DAYS}

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters)

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
        for text, params in status_tabs():
            yield Link(text, self.link(**{"status": None, "live": None, **params}), now == params)

    def chips(self) -> Iterator[Chip]:
        for name, value in self.filters.items():
            yield Chip(self._chip(name, value), self.link(**{name: None}))

    def _chip(self, name: str, value: str) -> str:
        words = self._words(name).get(_same(name, value))
        if words:
            return words
        if name in DAYS:
            value = _day_or_time(value)
        if name == "project":
            value = self.projects.get(value, gettext("unknown"))
        return f"{filter_labels(get_language())[name]}: {value}"

    def _words(self, name: str) -> dict[str, str]:
        """Return the names of a filter's values, as texts without the filter's name."""
        return filter_words(get_language()).get(name, {})

    def selects(self) -> Iterator[Select]:
        if len(self.projects) > 1:
            yield self._select("project", gettext("Any project"), self.projects)
        for name, anything in (
            ("opens", gettext("Opens: any time")),
            ("quality", gettext("Any quality")),
            ("layout", gettext("Any layout")),
            ("record_on_start", gettext("Recording: any")),
            ("enable_room_previews", gettext("Previews: any")),
            ("include_auto_created", gettext("Token rooms: hidden")),
        ):
            yield self._select(name, anything, self._words(name))

    def days(self) -> Iterator[DayInput]:
        for name in DAYS:
            value = self.params.get(name, "")
            # The address may have a time, which a field for a day cannot show.
            kind = "text" if value and not DAY.fullmatch(value) else "date"
            yield DayInput(name, filter_labels(get_language())[name], kind, value)

    def order_select(self) -> Select:
        orders = list_orders()
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
        return Select(
            name, filter_labels(get_language())[name], [("", anything), *words.items()], chosen
        )

    @property
    def beside_filters(self) -> dict[str, str]:
        """The parameters that the form of the filters sends as hidden inputs."""
        return self._without(SHOWN_IN_FORM)

    @property
    def beside_columns(self) -> dict[str, str]:
        """The parameters that the form of the columns sends as hidden inputs."""
        return self._without(("columns",))

    def _without(self, shown: Iterable[str]) -> dict[str, str]:
        return {name: value for name, value in self.params.items() if name not in shown}

    def heads(self) -> Iterator[Head]:
        yield from self.columns.heads(self.ordering, self.link)


def _same(name: str, value: str) -> str:
    """Return "true" or "false" for the three spellings of each in an address."""
    if name in YES_OR_NO and value in BOOLEANS:
        return str(BOOLEANS[value]).lower()
    return value


def _day_or_time(value: str) -> str:
    if DAY.fullmatch(value):
        return date_text(date.fromisoformat(value), timezone.localdate())
    return time_text(parse_timestamp(value))
