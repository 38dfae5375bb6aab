"""The state of the week: that of the list, and the period."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext

from rooms.display.periods import LENGTHS
from rooms.pages.room_list.state import Link, ListState

PERIOD = ("day", "span")
OPENS_EARLIEST = "join_from"


class WeekState(ListState):
    """The parameters of an address of the week; only the list's are in a saved view."""

    default_order = OPENS_EARLIEST

    @property
    def length(self) -> str:
        return self.params.get("span", "week")

    def lengths(self) -> Iterator[Link]:
        names = (gettext("Day"), gettext("Week"), gettext("Month"))
        for length, name in zip(LENGTHS, names, strict=True):
            span = None if length == "week" else length
            yield Link(name, self.link(span=span), length == self.length)

    def at(self, day: date | None, **changed: str | None) -> str:
        """Return the address of the period that contains `day`; None is today."""
        return self.link(day=day.isoformat() if day else None, **changed)

    def view_url(self, query: str) -> str:
        """Return the address of the week for the query of a saved view, in the same period."""
        period = urlencode({name: self.params[name] for name in PERIOD if name in self.params})
        return super().view_url("&".join(filter(None, (query, period))))
