"""The outbox of the webhooks: events, their deliveries, and a log of the attempts.

outbox.py writes these rows in the transaction of the event, and a worker sends them later
(dispatcher.py).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.webhooks.models.endpoint import WebhookEndpoint


class WebhookEvent(models.Model):
    """An event, with the exact bytes that are signed and sent."""

    id = models.BigAutoField(primary_key=True)
    # The header webhook-id: receivers recognise a repeated event by it.
    message_id = models.UUIDField(unique=True)
    type = models.TextField()
    key = models.UUIDField(help_text="Events with the same key are sent in order: the room's id.")
    body = models.TextField()
    # The time of the insert, which is slightly later than the event.
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("created_at",), name="webhookevent_oldest"),)

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Failed")


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Return the deliveries to send at `now`: per room, only the earliest pending one."""
        earlier = WebhookDelivery.objects.filter(
            endpoint=models.OuterRef("endpoint"),
            key=models.OuterRef("key"),
            pk__lt=models.OuterRef("pk"),
            state=DeliveryState.PENDING,
        )
        return self.filter(~models.Exists(earlier), state=DeliveryState.PENDING, due_at__lte=now)


class WebhookDelivery(models.Model):
    """The delivery of one event to one endpoint."""

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField()
    state = models.TextField(choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.IntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The author, if it was given up by hand, such as "user: anna".
    given_up_by = models.TextField(_("given up by"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = (
            models.Index(fields=("endpoint", "id"), name="webhookdelivery_log"),
            models.Index(
                fields=("endpoint", "due_at"),
                condition=Q(state="pending"),
                name="webhookdelivery_due",
            ),
            models.Index(
                fields=("endpoint", "key", "id"),
                condition=Q(state="pending"),
                name="webhookdelivery_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event.type} to {self.endpoint}"


class WebhookAttempt(models.Model):
    """One request to an endpoint: its duration and the response."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    milliseconds = models.IntegerField()
    status = models.IntegerField(null=True, help_text="The HTTP status; null without a response.")
    outcome = models.TextField(help_text="The result as a sentence.")
    answer = models.TextField(blank=True, default="", help_text="The start of the response.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.outcome


def redeliver(deliveries: Iterable[int], now: datetime) -> int:
    """Queue ended deliveries again, with all attempts; return their number."""
    ended = WebhookDelivery.objects.filter(pk__in=deliveries).exclude(state=DeliveryState.PENDING)
    return ended.update(
        state=DeliveryState.PENDING, attempts=0, due_at=now, ended_at=None, given_up_by=None
    )


def give_up(deliveries: Iterable[int], by: str, now: datetime) -> int:
    """End pending deliveries without another attempt; return their number.

    The next deliveries of their rooms no longer wait. The result of a call that is in progress is
    not recorded.
    """
    pending = WebhookDelivery.objects.filter(pk__in=deliveries, state=DeliveryState.PENDING)
    return pending.update(state=DeliveryState.GIVEN_UP, ended_at=now, given_up_by=by)
