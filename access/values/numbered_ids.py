"""Ids in the format of UUIDs for rows that have numbers, computed in both directions.

The UUIDs have version 8 (RFC 9562), which lets an application choose the bits: six letters for
the kind of row, then the number. They sort as the numbers do, and no two kinds share an id.
"""

from dataclasses import dataclass
from uuid import UUID

from access.values.identifiers import is_uuid

VERSION, VARIANT = 8 << 76, 2 << 62
LARGEST = 2**62 - 1


@dataclass(frozen=True)
class NumberedIds:
    """The ids of one kind of row, which `letters` name in six ASCII characters."""

    letters: str

    def id_of(self, number: int) -> UUID:
        """Return the id of a row with this number, from 0 to LARGEST."""
        return UUID(int=self._first | number)

    def number_of(self, text: str) -> int | None:
        """Return the number in an id as a client sends it, or None for any other text."""
        if not is_uuid(text):
            return None
        number = UUID(text).int - self._first
        return number if 0 <= number <= LARGEST else None

    @property
    def _first(self) -> int:
        return int.from_bytes(self.letters.encode()) << 80 | VERSION | VARIANT
