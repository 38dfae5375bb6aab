"""Delete old events, so that the outbox and the log of attempts stay small."""

from datetime import datetime, timedelta

from access.webhooks.models import WebhookEvent

KEPT = timedelta(days=30)


def prune_events(now: datetime, limit: int = 500) -> int:
    """Delete up to `limit` events older than KEPT, with their deliveries; return their number.

    Events that wait for a disabled endpoint are deleted too.
    """
    old = WebhookEvent.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    chosen = list(old.values_list("pk", flat=True)[:limit])
    if not chosen:
        return 0
    _, deleted = WebhookEvent.objects.filter(pk__in=chosen).delete()
    return deleted.get(WebhookEvent._meta.label, 0)
