"""Identifiers that sort by the moment they were made: a list by id is a list by age."""

import re
from typing import Any

from django.db import models
from uuid_utils.compat import uuid7

# Lower case, with hyphens: uuid.UUID() takes more spellings, and a room would have many URLs.
UUID_PATTERN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def is_uuid(text: str) -> bool:
    return re.fullmatch(UUID_PATTERN, text) is not None


class Id(models.UUIDField):  # type: ignore[type-arg]  # generic to the stubs only
    """A primary key: a UUID, version 7 (RFC 9562). To a migration it is a plain UUIDField."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"primary_key": True, "default": uuid7, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.UUIDField", args, kwargs
