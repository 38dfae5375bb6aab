"""Acts of one person on many rooms, and how they are counted."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from uuid_utils.compat import uuid7

from rooms.changes import Change, Edit, RoomIsLive, change_each, delete_room
from rooms.history import Author, AuthorKind, Door
from rooms.models import Room, RoomQuerySet

NAMED_IN_A_MESSAGE = 5


def author_of(request: HttpRequest, door: Door) -> Author:
    """Return the person who sent `request` as the history names them."""
    return Author(
        kind=AuthorKind.USER,
        id=str(request.user.pk),
        name=request.user.get_username(),
        door=door,
        request_id=request.id,
    )


@dataclass
class Tally:
    """How many rooms became so, how many were already, and which could not, with the reason."""

    done: str = "changed"
    changed: int = 0
    same: int = 0
    refused: list[str] = field(default_factory=list)

    def add(self, room: Room, became: Change | ValidationError) -> None:
        if isinstance(became, ValidationError):
            self.refused.append(f"{room.name} ({' '.join(became.messages).rstrip('.')})")
        elif became.moved:
            self.changed += 1
        else:
            self.same += 1

    def __str__(self) -> str:
        parts = [f"{self.changed} {'room' if self.changed == 1 else 'rooms'} {self.done}"]
        if self.same:
            parts.append(f"{self.same} {'was' if self.same == 1 else 'were'} already so")
        if self.refused:
            parts.append(f"{len(self.refused)} refused: {self._refusals()}")
        return ", ".join(parts) + "."

    def _refusals(self) -> str:
        named = "; ".join(self.refused[:NAMED_IN_A_MESSAGE])
        others = len(self.refused) - NAMED_IN_A_MESSAGE
        return f"{named}; and {others} more" if others > 0 else named

    @property
    def level(self) -> int:
        return messages.WARNING if self.refused else messages.SUCCESS


def change_rooms(request: HttpRequest, rooms: RoomQuerySet, edit: Edit) -> Tally:
    """Change all of `rooms` that may become so, as one act of one author."""
    tally = Tally()
    # Locking rows takes a plain query, and a list of the admin's may be joined and sorted.
    chosen = Room.objects.filter(pk__in=rooms.order_by().values("pk"))
    author = author_of(request, Door.BULK)
    with transaction.atomic():
        for room, became in change_each(chosen, edit, by=author, bulk_id=uuid7()):
            tally.add(room, became)
    return tally


def delete_rooms(request: HttpRequest, rooms: RoomQuerySet) -> Tally:
    """Delete all of `rooms` in which nobody is, in the order of their ids."""
    tally = Tally(done="deleted")
    author = author_of(request, Door.BULK)
    with transaction.atomic():
        for room in rooms.order_by("pk"):
            try:
                delete_room(Room.objects, room.pk, by=author)
                tally.changed += 1
            except RoomIsLive:
                tally.refused.append(f"{room.name} (a session is in progress)")
            except Room.DoesNotExist:
                tally.same += 1
    return tally
