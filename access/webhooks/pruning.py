"""Forgets what was sent long ago: outbox and log would grow for as long as there are rooms."""

from datetime import datetime, timedelta

from access.webhooks.models import WebhookEvent

KEPT = timedelta(days=30)


def prune(now: datetime, limit: int = 500) -> int:
    """Delete events older than KEPT with their deliveries and calls, a portion; return how many.

    Also those that still wait, for an endpoint that has been disabled for as long.
    """
    old = WebhookEvent.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    chosen = list(old.values_list("pk", flat=True)[:limit])
    if not chosen:
        return 0
    _, deleted = WebhookEvent.objects.filter(pk__in=chosen).delete()
    return deleted.get(WebhookEvent._meta.label, 0)
