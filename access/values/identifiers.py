"""Identifiers that sort by their creation time: a list by id is a list by age."""

import re
from typing import Any

from django.db import models
from django.db.models.lookups import In
from uuid_utils.compat import uuid7

# uuid.UUID() accepts more spellings, which would give a room several URLs.
UUID_PATTERN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Clients may send an id in capitals.
SENT_UUID_PATTERN = UUID_PATTERN.replace("a-f", "A-Fa-f")


def is_uuid(text: str) -> bool:
    """Return whether `text` is an id, which is then compared as a UUID or in lower case."""
    return re.fullmatch(SENT_UUID_PATTERN, text) is not None


def looks_like_uuid(text: str) -> bool:
    """Return whether another program may read `text` as an id, with or without hyphens."""
    return re.fullmatch(r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}", text) is not None


class UUID7Field(models.UUIDField):  # type: ignore[type-arg]  # generic to the stubs only
    """A primary key of UUIDs, version 7 (RFC 9562). Migrations contain a plain UUIDField."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"primary_key": True, "default": uuid7, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.UUIDField", args, kwargs


@UUID7Field.register_lookup
class UUIDIn(In):
    """The lookup `in`, on PostgreSQL with one array parameter for all ids.

    One parameter for each id costs as much as reading the room. PostgreSQL's plan is the same.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        # process_rhs removes nulls, which equal nothing, and raises EmptyResultSet for no ids.
        _, ids = self.process_rhs(compiler, connection)
        lhs, parameters = self.process_lhs(compiler, connection)
        array = ",".join(map(str, ids))
        return f"{lhs} = ANY(%s::uuid[])", [*parameters, f"{{{array}}}"]
