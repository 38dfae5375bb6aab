"""Identifiers that sort by the moment they were made: a list by id is a list by age."""

import re
from typing import Any

from django.db import models
from django.db.models.lookups import In
from uuid_utils.compat import uuid7

# Lower case, with hyphens: uuid.UUID() takes more spellings, and a room would have many URLs.
UUID_PATTERN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def is_uuid(text: str) -> bool:
    return re.fullmatch(UUID_PATTERN, text) is not None


class UUID7Field(models.UUIDField):  # type: ignore[type-arg]  # generic to the stubs only
    """A primary key: a UUID, version 7 (RFC 9562). To a migration it is a plain UUIDField."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"primary_key": True, "default": uuid7, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.UUIDField", args, kwargs


@UUID7Field.register_lookup
class AmongIds(In):
    """`in`, on PostgreSQL with one parameter for all ids: each of many costs as much as one room.

    What finds the rows is the same: PostgreSQL reads a list as such an array.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        # Without what is null, which equals nothing; raises if nothing is left to look for.
        _, ids = self.process_rhs(compiler, connection)
        lhs, parameters = self.process_lhs(compiler, connection)
        array = ",".join(map(str, ids))
        return f"{lhs} = ANY(%s::uuid[])", [*parameters, f"{{{array}}}"]
