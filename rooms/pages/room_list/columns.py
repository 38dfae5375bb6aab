"""The columns of the list: which of them a page shows, and their heads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from rooms.display.values import label
from rooms.pages.list_query import COLUMNS, DEFAULT_COLUMNS


@dataclass(frozen=True)
class Column:
    """A column that may be hidden; a click on its head sorts by `field`, `first` at first."""

    name: str
    text: str
    field: str = ""
    first: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column: `url` sorts by it, and `sorted` is the value of aria-sort."""

    name: str
    text: str
    url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Columns:
    """The columns that the address `asked` for names, in the order of the table."""

    asked: str
    has_projects: bool

    @property
    def default(self) -> list[str]:
        return [name for name in DEFAULT_COLUMNS if name != "project" or self.has_projects]

    @property
    def shown(self) -> list[str]:
        asked = self.asked.split(",")
        return [name for name in COLUMNS if name in asked] if self.asked else self.default

    @property
    def width(self) -> str:
        """The classes of the table: whether its columns are chosen, and may need more space."""
        wide = not {"video", "changed"}.isdisjoint(self.shown)
        return " ".join(("chosen",) * bool(self.asked) + ("wide",) * wide)

    @property
    def choices(self) -> Iterator[tuple[str, str, bool]]:
        """Yield name, text and whether it is shown of each column that may be hidden."""
        shown = self.shown
        for column in _columns():
            if column.name != "name":
                yield column.name, column.text, column.name in shown

    def heads(self, ordering: str, link: Callable[..., str]) -> Iterator[Head]:
        """Yield the head of each shown column; `link` returns an address with changes."""
        names = {*self.shown, "name"}
        for column in _columns():
            if column.name in names:
                yield _head(column, ordering, link)


def chosen(form: Mapping[str, str]) -> str | None:
    """Return the columns that the form of templates/rooms/list/_columns.html asks for.

    The result is None for the columns in `default`, so that the address stays short.
    """
    names = [name for name in COLUMNS if name == "name" or f"show_{name}" in form]
    return None if names == form.get("default", "").split(",") else ",".join(names)


def _head(column: Column, ordering: str, link: Callable[..., str]) -> Head:
    if not column.field:
        return Head(column.name, column.text)
    up, down = column.field, f"-{column.field}"
    words = {up: "ascending", down: "descending"}.get(ordering, "")
    turned = {up: down, down: up}.get(ordering, column.first)
    return Head(column.name, column.text, link(ordering=turned), words)


def _columns() -> list[Column]:
    return [
        Column("name", gettext("Room"), "display_name", "display_name"),
        Column("project", gettext("Project")),
        Column("status", gettext("Status")),
        Column("answer", gettext("Can they get in?")),
        Column("when", gettext("When"), "join_from", "join_from"),
        Column("capacity", label("max_members"), "max_members", "-max_members"),
        Column("video", gettext("Video")),
        Column("changed", gettext("Changed"), "updated_at", "-updated_at"),
    ]
