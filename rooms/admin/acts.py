"""Acts of one person on many rooms: seen before they are done, done once, and counted."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, ngettext
from uuid_utils.compat import uuid7

from access.values.timestamps import whole_second
from rooms.bulk.engine import Bulk, Mode, Result, RowOutcome
from rooms.changes import RoomIsLive, delete_room
from rooms.changes.authors import author_of
from rooms.changes.validation import Edit
from rooms.models import Room, RoomQuerySet, RoomStatus
from rooms.models.history import Author, Door
from rooms.models.idempotent_call import IdempotentCall, answer_once

NAMED_IN_A_MESSAGE = 5
OTHER_ROOMS = gettext_lazy(
    "Nothing was changed: the rooms are no longer those of the preview. This is how they are now."
)


@dataclass(frozen=True)
class CloseJoining:
    """The edit that lets nobody new in from the moment `at` on."""

    # Not in its name: pressed a second time, the same button is later.
    at: datetime = field(repr=False)

    def __call__(self, room: Room) -> dict[str, Any]:
        # A closed room stays as it is: when it closed is a fact that somebody may need.
        closed = room.status(self.at) == RoomStatus.CLOSED
        return {} if closed else {"join_until": whole_second(self.at)}


@dataclass
class Tally:
    """How many rooms became so, how many were already, and which could not, with the reason."""

    done: str = gettext_lazy("changed")
    counts: Counter[RowOutcome] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)

    def add(self, result: Result) -> None:
        why = " ".join(result.refusal.messages) if result.refusal else ""
        self.count(result.outcome, result.name or str(result.room_id), why)

    def count(self, outcome: RowOutcome, name: str = "", why: str = "") -> None:
        self.counts[outcome] += 1
        if why and len(self.reasons) < NAMED_IN_A_MESSAGE:
            self.reasons.append(f"{name} ({why.rstrip('.')})")

    def line(self, *, applied: bool = True) -> str:
        if not applied:
            sentence = gettext("{refused} of {rooms} refused, so nothing was changed: {why}.")
            rooms = _rooms(self.counts.total())
            return sentence.format(refused=self.refused, rooms=rooms, why=self._reasons())
        same = self.counts[RowOutcome.UNCHANGED]
        parts = [f"{_rooms(self.counts[RowOutcome.CHANGED])} {self.done}"]
        if same:
            words = ngettext("{same} was already so", "{same} were already so", same)
            parts.append(words.format(same=same))
        if self.refused:
            words = gettext("{refused} refused: {why}")
            parts.append(words.format(refused=self.refused, why=self._reasons()))
        return ", ".join(parts) + "."

    def _reasons(self) -> str:
        others = self.refused - len(self.reasons)
        more = gettext("; and {others} more").format(others=others) if others else ""
        return f"{'; '.join(self.reasons)}{more}"

    @property
    def refused(self) -> int:
        return self.counts[RowOutcome.REFUSED]

    @property
    def level(self) -> int:
        return messages.WARNING if self.refused else messages.SUCCESS


def _rooms(number: int) -> str:
    return ngettext("{number} room", "{number} rooms", number).format(number=number)


@dataclass(frozen=True)
class Done:
    """What is said of an act, and whether it was done; its bulk id ties its history together."""

    bulk_id: UUID
    applied: bool
    line: str
    level: int


@dataclass(frozen=True)
class Act:
    """What one person wants of many rooms. `what` names it in full; `done` says it afterwards."""

    what: str
    by: Author
    # Afresh each time: the rooms are gone through more than once.
    chunks: Callable[[], Iterable[Mapping[UUID, Edit]]]
    done: str = "changed"

    def seen(self) -> str:
        """Return a digest of what is wanted, and of which rooms these are now."""
        digest = self.what.encode()
        for chunk in self.chunks():
            digest = hashlib.sha256(digest + b"".join(one.bytes for one in chunk)).digest()
        return digest.hex()

    def preview(self, report: Callable[[Result], None]) -> None:
        """Tell what would become of each room, and write nothing."""
        # In the mode that holds the rooms of one chunk at a time: nobody waits for a preview.
        everything = Room.objects.all()
        bulk = Bulk(everything, self.by, uuid7(), Mode.VALID, dry_run=True, is_new=True)
        bulk.run(bulk.changing(self.chunks()), report)

    def apply_once(self, key: str, seen: str, mode: Mode) -> Done:
        """Do it to the rooms that were seen; with the same key again, only say what became of it.

        Raises InFlight, and OtherBody when the key was used for something else.
        """
        # The calls of a person, beside those of projects, whose ids are no small numbers.
        caller = UUID(int=int(self.by.id))
        call = IdempotentCall.begin(caller, key, seen, mode.value)
        status, answer = answer_once(call, lambda: self._apply(call.id, seen, mode))
        return Done(call.id, status == 200, **json.loads(answer))

    def _apply(self, bulk_id: UUID, seen: str, mode: Mode) -> tuple[int, str]:
        if self.seen() != seen:
            return 409, json.dumps({"line": str(OTHER_ROOMS), "level": messages.WARNING})
        tally = Tally(self.done)
        bulk = Bulk(Room.objects.all(), self.by, bulk_id, mode)
        applied = bulk.run(bulk.changing(self.chunks()), tally.add).applied
        answer = {"line": tally.line(applied=applied), "level": tally.level}
        return 200 if applied else 422, json.dumps(answer)


def delete_rooms(request: HttpRequest, rooms: RoomQuerySet) -> Tally:
    """Delete all of `rooms` in which nobody is, in the order of their ids."""
    tally = Tally(done="deleted")
    author = author_of(request, Door.BULK)
    with transaction.atomic():
        for room in rooms.order_by("pk"):
            try:
                delete_room(Room.objects, room.pk, by=author)
                tally.count(RowOutcome.CHANGED)
            except RoomIsLive:
                tally.count(RowOutcome.REFUSED, room.name, "a session is in progress")
            except Room.DoesNotExist:
                tally.count(RowOutcome.UNCHANGED)
    return tally
