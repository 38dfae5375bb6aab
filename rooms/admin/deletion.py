"""Delete many rooms at once, and report the result in sentences."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import ngettext

from rooms.changes import RoomIsLive, delete_room
from rooms.changes.authors import author_of
from rooms.models import Room, RoomQuerySet
from rooms.models.history import Channel

NAMED_IN_A_MESSAGE = 5


@dataclass
class DeletionSummary:
    """The number of deleted rooms, and the names of live rooms, which cannot be deleted."""

    deleted: int = 0
    live: list[str] = field(default_factory=list)

    @property
    def level(self) -> int:
        return messages.WARNING if self.live else messages.SUCCESS

    def sentences(self) -> str:
        words = ngettext("Deleted {number} room.", "Deleted {number} rooms.", self.deleted)
        deleted = words.format(number=self.deleted)
        return f"{deleted} {self._kept()}" if self.live else deleted

    def _kept(self) -> str:
        words = ngettext(
            "{number} room was not deleted, because a session is in progress: {names}.",
            "{number} rooms were not deleted, because a session is in progress: {names}.",
            len(self.live),
        )
        return words.format(number=len(self.live), names=self._names())

    def _names(self) -> str:
        names = ", ".join(self.live[:NAMED_IN_A_MESSAGE])
        others = len(self.live) - NAMED_IN_A_MESSAGE
        if others <= 0:
            return names
        words = ngettext("{names} and {number} more", "{names} and {number} more", others)
        return words.format(names=names, number=others)


@transaction.atomic
def delete_rooms(request: HttpRequest, rooms: RoomQuerySet) -> DeletionSummary:
    """Delete the rooms that have no session in progress, in the order of their ids."""
    summary = DeletionSummary()
    author = author_of(request, Channel.BULK)
    for room in rooms.order_by("pk"):
        try:
            delete_room(Room.objects, room.pk, by=author)
            summary.deleted += 1
        except RoomIsLive:
            summary.live.append(room.name)
        except Room.DoesNotExist:
            # Another user has deleted it since this request read the list.
            continue
    return summary
