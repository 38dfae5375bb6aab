"""Apply room settings to a session in progress."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.values.faults import unknown_parameter
from rooms.changes.validation import as_json
from rooms.models import RoomSettings
from rooms.models.history import Author
from rooms.models.searchable import FOLDED
from sessions.lifecycle import events
from sessions.models import MediaRoom, Member, RoomSession, SessionEventType

# A session can change only the settings that it has copied from its room.
SETTINGS = tuple(field.name for field in RoomSettings._meta.fields if field.editable)
DUE_BY = ("remove_at", "remove_after_seconds_elapsed")


class SessionEnded(Exception):
    """The session has ended, so settings cannot be applied to it."""


@dataclass(frozen=True)
class Removal:
    """A member with a new time to leave: `at` is not in the past, and None means never."""

    member: Member
    before: datetime | None
    at: datetime | None

    @property
    def leave_by(self) -> tuple[datetime | None, datetime | None]:
        return self.before, self.at


@dataclass(frozen=True)
class AppliedSettings:
    """A session after a change: (before, after) of each setting, and the affected members."""

    session: RoomSession
    moved: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)

    def as_json(self) -> dict[str, list[Any]]:
        return {name: as_json(name, pair) for name, pair in self.moved.items()}


def apply_settings(
    sessions: QuerySet[RoomSession],
    session_id: UUID | str,
    values: Mapping[str, Any],
    *,
    by: Author,
    check: Callable[[RoomSession], None] = lambda session: None,
    dry_run: bool = False,
    at: datetime | None = None,
) -> AppliedSettings:
    """Change the settings of one of `sessions`, and return the members whom it will remove.

    The whole session is validated as it would become. A lower max_members removes no member. A
    dry run, or a change without effect, writes nothing. `check` gets the locked session, and may
    raise to prevent the change. Raises RoomSession.DoesNotExist, SessionEnded, and
    ValidationError with all faults; then nothing is written.
    """
    with transaction.atomic():
        session = sessions.select_for_update(of=("self",)).get(pk=session_id)
        check(session)
        if session.end_time is not None:
            raise SessionEnded
        now = at or timezone.now()
        applied = _applied(session, values, now)
        if applied.moved and not dry_run:
            _write(applied, by, now)
        return applied


def _applied(session: RoomSession, values: Mapping[str, Any], now: datetime) -> AppliedSettings:
    candidate = copy.copy(session)
    for name in SETTINGS:
        if name in values:
            setattr(candidate, name, values[name])
    _validate(candidate, values)
    moved = {
        name: (getattr(session, name), getattr(candidate, name))
        for name in SETTINGS
        if getattr(session, name) != getattr(candidate, name)
    }
    candidate.version += 1 if moved else 0
    removals = _removals(candidate, now) if not moved.keys().isdisjoint(DUE_BY) else []
    return AppliedSettings(candidate, moved, removals)


def _validate(candidate: RoomSession, values: Mapping[str, Any]) -> None:
    others = {one.name for one in RoomSession._meta.fields} - set(SETTINGS)
    faults = {name: [unknown_parameter(name)] for name in values if name not in SETTINGS}
    try:
        candidate.full_clean(exclude=others, validate_unique=False)
    except ValidationError as found:
        faults |= found.error_dict
    if faults:
        raise ValidationError(faults)


def _removals(session: RoomSession, now: datetime) -> list[Removal]:
    """Return the members inside with another time to leave, the soonest first."""
    found = []
    for member in session.members.filter(leave_time=None).order_by("pk"):
        due = member.policy(session).leave_by(member.join_time)
        if due is not None:
            # The new time is never in the past, except for members who are already overdue.
            due = max(due, min(member.leave_by or now, now))
        if due != member.leave_by:
            found.append(Removal(member, member.leave_by, due))
    return sorted(found, key=lambda one: (one.at is None, one.at or now))


def _write(applied: AppliedSettings, by: Author, now: datetime) -> None:
    session = applied.session
    folded = FOLDED if "display_name" in applied.moved else ()
    session.save(update_fields=[*applied.moved, *folded, "version"])
    for removal in applied.removals:
        removal.member.leave_by = removal.at
    MediaRoom.objects.request_sync(session.pk)
    Member.objects.bulk_update([removal.member for removal in applied.removals], ["leave_by"])
    events.record_events(
        events.new_event(
            session, SessionEventType.ROOM_UPDATED, now, changes=applied.as_json(), by=by.name
        )
    )
