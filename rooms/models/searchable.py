"""The texts of rooms and sessions that the search reads, and its condition.

SQL folds ASCII alone in the same way everywhere: lower() of other letters depends on the database.
So the folded form of any other display name is stored, together with the name that it was made
from. A row that an older release wrote has another one, and the worker folds it again
(docs/adr/0028-search.md).
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Func

from rooms.rules.searching import alternatives, fold

FOLDED = ("folded_name", "folded_from")
# No name is longer, and SQLite refuses texts of 50,000 characters and a thousand conditions.
LONGEST_SEARCH = 200


class SearchField(models.TextField):  # type: ignore[type-arg]  # generic to the stubs only
    """A column for the search, computed from display_name; migrations contain a plain field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"null": True, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> str | None:
        # That field may store another text, for example without spaces around it.
        name = model_instance._meta.get_field("display_name").pre_save(model_instance, add)
        value = None if name.isascii() else self.value_of(name)
        setattr(model_instance, self.attname, value)
        return value

    def value_of(self, name: str) -> str:
        return name


class FoldedField(SearchField):
    def value_of(self, name: str) -> str:
        return fold(name)


class Searchable(models.Model):
    """A row with a name and a display name, which the search finds."""

    folded_name = FoldedField()
    folded_from = SearchField()

    class Meta:
        abstract = True


class SearchedText(Func):
    """Texts of a row, with ASCII letters in lower case as in any locale of PostgreSQL."""

    # The SQL of the texts; the columns go into its places.
    texts = "{0}"
    output_field = models.TextField()

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        # lower() of SQLite knows only ASCII already.
        collation = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
        return f"LOWER(({self.texts.format(*columns)}){collation})", []


class SearchedDisplayName(SearchedText):
    texts = "CASE WHEN {2} = {0} THEN {1} ELSE {0} END"

    def __init__(self, *columns: str) -> None:
        super().__init__(*columns, "display_name", *FOLDED)


class SearchedNames(SearchedDisplayName):
    """Both names. PostgreSQL has an index on this expression: room_search_text."""

    texts = "{0} || ' ' || CASE WHEN {3} = {1} THEN {2} ELSE {1} END"

    def __init__(self) -> None:
        super().__init__("name")


class Matches(Func):
    """The condition that each of some texts matches a search."""

    output_field = models.BooleanField()

    def __init__(self, search: str, *texts: SearchedText) -> None:
        super().__init__(*texts)
        self.alternatives = alternatives(search) if len(search) <= LONGEST_SEARCH else []

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        if not self.alternatives:
            raise EmptyResultSet
        pattern = connection.operators["contains"]
        texts = [f"{compiler.compile(text)[0]} {pattern}" for text in self.source_expressions]
        conditions, parameters = [], []
        for words in self.alternatives:
            conditions.append(" AND ".join(texts * len(words)))
            parameters += [_like(word, connection) for word in words for _ in texts]
        return f"({' OR '.join(conditions)})", parameters


def _like(word: str, connection: Any) -> str:
    return f"%{connection.ops.prep_for_like_query(word)}%"


NAME, DISPLAY_NAME, BOTH_NAMES = SearchedText("name"), SearchedDisplayName(), SearchedNames()
