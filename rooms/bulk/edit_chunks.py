"""Split the edits of a bulk change into chunks by room id, so that two of them cannot deadlock."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from rooms.bulk.engine import CHUNK
from rooms.changes.validation import Edit
from rooms.models import RoomQuerySet


def chunks_of(rooms: RoomQuerySet, edit: Edit) -> Iterator[dict[UUID, Edit]]:
    """Yield the same edit for the rooms of a query, in chunks by id."""
    for batch in rooms.in_batches(at_once=CHUNK):
        yield dict.fromkeys((room_id for (room_id,) in batch), edit)


def chunks_by_id(edits: Mapping[UUID, Edit]) -> Iterator[dict[UUID, Edit]]:
    """Yield edits in chunks, in the order of the ids."""
    ids = sorted(edits)
    for start in range(0, len(ids), CHUNK):
        yield {room_id: edits[room_id] for room_id in ids[start : start + CHUNK]}
