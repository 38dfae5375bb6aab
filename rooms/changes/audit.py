"""A change on record: its history, and what webhooks are told of it, which says the same."""

from access.webhooks.models import WebhookEventType
from access.webhooks.outbox import PendingEvent, emit_all
from rooms.models.history import Action, RoomChange

TYPES = {
    Action.CREATED: WebhookEventType.ROOM_CREATED,
    Action.CHANGED: WebhookEventType.ROOM_SETTINGS_CHANGED,
    Action.DELETED: WebhookEventType.ROOM_DELETED,
}


def record(entries: list[RoomChange], is_listened_to: bool = True) -> None:
    """Write history of rooms that the caller has locked, in the transaction of the change."""
    RoomChange.objects.bulk_create(entries)
    if is_listened_to:
        notify(entries)


def notify(entries: list[RoomChange]) -> None:
    """Tell webhooks of changes whose history is written, in the same transaction."""
    emit_all(_happening(entry) for entry in entries)


def _happening(entry: RoomChange) -> PendingEvent:
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
        "door": str(entry.door),
        "request_id": entry.request_id,
        "bulk_id": entry.bulk_id and str(entry.bulk_id),
    }
    type_ = TYPES[Action(entry.action)]
    return PendingEvent(entry.project_id, type_, entry.room_id, entry.at, data)
