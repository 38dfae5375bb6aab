"""Addresses of many objects, whose constant parts are looked up once."""

from functools import cache
from uuid import UUID

from django.urls import reverse

# Keys that no other part of an address contains.
ANY_ID, ANY_NUMBER = UUID(int=0), 1_234_567_890


def address_of(page: str, key: UUID | int) -> str:
    """Return the address of the page named `page` for the object with this key."""
    before, after = _around(page, ANY_ID if isinstance(key, UUID) else ANY_NUMBER)
    return f"{before}{key}{after}"


@cache
def _around(page: str, key: UUID | int) -> tuple[str, str]:
    before, _, after = reverse(page, args=[key]).partition(str(key))
    return before, after
