"""Record changes in the history, and notify webhooks of them."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from access.webhooks.models import WebhookEventType
from access.webhooks.outbox import PendingEvent, emit_all
from rooms.changes.validation import Change
from rooms.models.history import Action, Author, RoomChange

TYPES = {
    Action.CREATED: WebhookEventType.ROOM_CREATED,
    Action.CHANGED: WebhookEventType.ROOM_SETTINGS_CHANGED,
    Action.DELETED: WebhookEventType.ROOM_DELETED,
}


def history_entry(
    action: Action, change: Change, by: Author, bulk_id: UUID | None = None
) -> RoomChange:
    """Return the unsaved history row of a change."""
    room = change.room
    return RoomChange(
        at=room.updated_at if action != Action.DELETED else timezone.now(),
        project_id=room.project_id,
        room_id=room.pk,
        room_name=room.name,
        version=room.version,
        action=action,
        changes=change.as_json(),
        author_kind=by.kind,
        author_id=by.id,
        author_name=by.name,
        channel=by.channel,
        request_id=by.request_id,
        bulk_id=bulk_id,
        former_names=change.former_names(),
    )


def record(entries: list[RoomChange], is_listened_to: bool = True) -> None:
    """Insert history rows and notify webhooks; the caller has locked the rooms."""
    RoomChange.objects.bulk_create(entries)
    if is_listened_to:
        notify(entries)


def notify(entries: Iterable[RoomChange]) -> None:
    """Notify webhooks of changes, in the transaction that records them."""
    emit_all(_webhook_event(entry) for entry in entries)


def _webhook_event(entry: RoomChange) -> PendingEvent:
    data = {
        "room_id": str(entry.room_id),
        "room_name": entry.room_name,
        "version": entry.version,
        "changes": entry.changes,
        "author": {
            "kind": str(entry.author_kind),
            "id": entry.author_id,
            "name": entry.author_name,
        },
        # The name of the key before 0.2.0; docs/upgrading.md says how long it stays.
        "door": str(entry.channel),
        "channel": str(entry.channel),
        "request_id": entry.request_id,
        "bulk_id": entry.bulk_id and str(entry.bulk_id),
    }
    type_ = TYPES[Action(entry.action)]
    return PendingEvent(entry.project_id, type_, entry.room_id, entry.at, data)
