"""Record refused attempts to join a room, in two statements and with a bounded number of rows."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from access.database.batches import delete_in_batches
from access.database.outages import ignored_outage
from rooms.models import Room
from sessions.models import KEPT_FOR, KEPT_IN_FULL, Refusal, RefusalCount
from sessions.tokens.room_tokens import Claims

# Rows deleted with one statement.
BATCH = 5000
# Each try fails only if another attempt of another reason is recorded at the same time.
TRIES = 5

# Both find the room by its name: a refused attempt has rolled back the room that it has made.
_COUNT = """
INSERT INTO room_sessions_refusalcount AS known
    (room_id, reason, hour, number, first_at, last_at)
SELECT id, %(reason)s, %(hour)s, 1, %(at)s, %(at)s FROM rooms_room
WHERE project_id = %(project)s AND name = %(room)s
ON CONFLICT (room_id, hour, reason) DO UPDATE
SET number = known.number + 1, last_at = excluded.last_at
"""
_KEEP = f"""
INSERT INTO room_sessions_refusal AS known (room_id, slot, number, name, reason, at)
SELECT id, number %% {KEPT_IN_FULL}, number, %(name)s, %(reason)s, %(at)s FROM (
    SELECT room.id, (
        SELECT COALESCE(MAX(number), -1) + 1 FROM room_sessions_refusal WHERE room_id = room.id
    ) AS number
    FROM rooms_room AS room WHERE room.project_id = %(project)s AND room.name = %(room)s
) AS next WHERE number >= 0
ON CONFLICT (room_id, slot) DO UPDATE
SET number = excluded.number, name = excluded.name, reason = excluded.reason, at = excluded.at
WHERE excluded.number > known.number
"""  # noqa: S608 - the number is a constant


def record_refusal(claims: Claims, reason: str, at: datetime | None = None) -> None:
    """Count a refused attempt, and keep its name and time with the last ones of its room.

    A database that cannot write now leaves it out, because the refusal is already decided.
    """
    values = _values(claims, reason, at or timezone.now())
    with ignored_outage(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        tries = TRIES if cursor.rowcount > 0 else 0
        while tries:
            cursor.execute(_KEEP, values)
            # If another attempt has taken the number, the next try reads it.
            tries = 0 if cursor.rowcount > 0 else tries - 1


def prune_refusals(now: datetime | None = None) -> int:
    """Delete the refused attempts of the time before KEPT_FOR; return how many rows."""
    before = (now or timezone.now()) - KEPT_FOR
    counts = delete_in_batches(RefusalCount.objects.filter(hour__lt=before), BATCH)
    return counts + delete_in_batches(Refusal.objects.filter(at__lt=before), BATCH)


def hour_of(at: datetime) -> datetime:
    """Return the start of the hour, as RefusalCount has it."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _column(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _values(claims: Claims, reason: str, at: datetime) -> dict[str, Any]:
    """Return the parameters of the statements as the database has them."""
    typed = {
        "at": (RefusalCount, "last_at", at),
        "hour": (RefusalCount, "hour", hour_of(at)),
        "project": (Room, "project", claims.project_id),
    }
    values = {
        name: _column(model, field).get_db_prep_save(value, connection)
        for name, (model, field, value) in typed.items()
    }
    room, name = claims.room_name, claims.user_name
    return {**values, "room": room, "name": name, "reason": str(reason)}
