"""Webhooks: who is told of a project's events, what there is to tell, and how telling went.

The rows of WebhookEvent and WebhookDelivery are an outbox: written with what they tell of, in
the same transaction (outbox.py), and sent later by the worker (courier.py).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.values.identifiers import UUID7Field
from access.webhooks import signatures
from access.webhooks.addresses import ForbiddenAddress, read_url

# How long the secret before still signs beside the new one.
OVERLAP = timedelta(hours=24)
MOST_ENDPOINTS = 20
# What changes when an endpoint is switched on or off.
SWITCHED = ("disabled_at", "disabled_reason", "failures", "failing_since", "next_turn_at")
# Of a type that nobody chooses: it is sent to try an endpoint out.
TEST = "webhook.test"


class WebhookEventType(models.TextChoices):
    ROOM_CREATED = "room.created", _("Room created")
    ROOM_SETTINGS_CHANGED = "room.settings_changed", _("Room settings changed")
    ROOM_DELETED = "room.deleted", _("Room deleted")
    ROOM_STARTED = "room.started", _("Session started")
    ROOM_UPDATED = "room.updated", _("Session updated")
    ROOM_ENDED = "room.ended", _("Session ended")
    MEMBER_JOINED = "member.joined", _("Member joined")
    MEMBER_LEFT = "member.left", _("Member left")
    RECORDING_STARTED = "recording.started", _("Recording started")
    RECORDING_ENDED = "recording.ended", _("Recording ended")


class WebhookEndpoint(models.Model):
    """An address that is told of a project's events. Its secrets are derived, never stored."""

    id = UUID7Field()
    project = models.ForeignKey(
        "access.Project",
        verbose_name=_("project"),
        on_delete=models.CASCADE,
        related_name="webhooks",
    )
    url = models.CharField(
        "URL", max_length=2000, help_text=_("Where events are sent, such as https://example.org/.")
    )
    description = models.CharField(
        max_length=200, blank=True, default="", help_text=_("Who receives them, and what for.")
    )
    event_types = models.JSONField(
        default=list, blank=True, help_text=_("None chosen: all, also those that come later.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_reason = models.TextField(blank=True, default="", editable=False)

    # Which secret signs, and until when the one before it does so too.
    generation = models.IntegerField(default=1, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)

    # Failures since the last success, and when they began.
    failures = models.IntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    # One worker at a time sends to an endpoint: whose turn it is, and when the next one may begin,
    # because the endpoint rests until then or because whoever had the turn must be dead.
    turn = models.UUIDField(null=True, editable=False)
    next_turn_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("webhook endpoint")

    def __str__(self) -> str:
        return self.url

    def clean(self) -> None:
        # Here and not as validators of the fields, which a migration would import.
        faults = {
            "url": _url_fault(self.url),
            "description": _description_fault(self.description),
            "event_types": _types_fault(self.event_types),
        }
        if self._state.adding and not any(faults.values()):
            faults["project"] = self._crowd_fault()
        if any(faults.values()):
            raise ValidationError({name: words for name, words in faults.items() if words})

    def _crowd_fault(self) -> str:
        others = WebhookEndpoint.objects.filter(project_id=self.project_id).count()
        if others < MOST_ENDPOINTS:
            return ""
        return f"A project has at most {MOST_ENDPOINTS} webhook endpoints, and this one has them."

    @property
    def secret(self) -> str:
        """The secret that signs, as receivers configure it: whsec_ and base64."""
        return signatures.derive_secret(self.pk, self.generation)

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign at `now`, the newest first."""
        if self.former_until is None or self.former_until <= now:
            return [self.secret]
        return [self.secret, signatures.derive_secret(self.pk, self.generation - 1)]

    def wants(self, type_: str) -> bool:
        return not self.event_types or type_ in self.event_types

    def rotate(self, now: datetime) -> str:
        """Change to a new secret and return it; the one before signs beside it for OVERLAP.

        One that is older still stops at once: to retire a leaked secret now, rotate twice.
        """
        self.generation += 1
        self.former_until = now + OVERLAP
        self.save(update_fields=["generation", "former_until"])
        return self.secret

    def disable(self, reason: str, now: datetime) -> None:
        """Send nothing more, and tell nobody of events that happen from now on."""
        self.switch(on=False, reason=reason, now=now)
        self.save(update_fields=SWITCHED)

    def enable(self, now: datetime) -> None:
        """Send again, what is still waiting first; failures are counted anew."""
        self.switch(on=True, now=now)
        self.save(update_fields=SWITCHED)

    def switch(self, *, on: bool, now: datetime, reason: str = "") -> None:
        """Be on or off, unsaved."""
        self.disabled_at, self.disabled_reason = (None, "") if on else (now, reason)
        if on:
            self.failures, self.failing_since, self.next_turn_at = 0, None, now


class WebhookEvent(models.Model):
    """Something that happened, as it is told: the very bytes that are signed and sent."""

    id = models.BigAutoField(primary_key=True)
    # The header webhook-id: the same at every attempt, by which receivers know a repetition.
    message_id = models.UUIDField(unique=True)
    type = models.TextField()
    key = models.UUIDField(help_text="What is told of in order: the room.")
    body = models.TextField()
    # When it was written, which is not quite when it happened.
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("created_at",), name="webhookevent_oldest"),)

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those to be sent at `now`: not before what came earlier of the same room has ended."""
        earlier = WebhookDelivery.objects.filter(
            endpoint=models.OuterRef("endpoint"),
            key=models.OuterRef("key"),
            pk__lt=models.OuterRef("pk"),
            state=DeliveryState.PENDING,
        )
        return self.filter(~models.Exists(earlier), state=DeliveryState.PENDING, due_at__lte=now)


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint."""

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    key = models.UUIDField()
    state = models.TextField(choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

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
    """One call of an endpoint: how long it took and what came back."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    milliseconds = models.IntegerField()
    status = models.IntegerField(null=True, help_text="The HTTP status; null: there was none.")
    outcome = models.TextField(help_text="What became of it, in a sentence.")
    answer = models.TextField(blank=True, default="", help_text="How the answer began.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.outcome


def redeliver(deliveries: Iterable[int], now: datetime) -> int:
    """Send deliveries that have ended once more, with all attempts anew; return how many."""
    ended = WebhookDelivery.objects.filter(pk__in=deliveries).exclude(state=DeliveryState.PENDING)
    return ended.update(state=DeliveryState.PENDING, attempts=0, due_at=now, ended_at=None)


def _url_fault(url: str) -> str:
    try:
        read_url(url)
    except ForbiddenAddress as wrong:
        return f"url: {wrong}"
    return ""


def _description_fault(text: str) -> str:
    # Neither NUL, which PostgreSQL keeps not, nor halves of characters, nor what turns text round.
    return "" if text.isprintable() else "description must be one line of printable text."


def _types_fault(types: Any) -> str:
    known = set(WebhookEventType.values)
    if isinstance(types, list) and all(isinstance(type_, str) for type_ in types):
        unknown = [type_ for type_ in types if type_ not in known]
        if not unknown:
            return ""
    return f"event_types must be a list of: {', '.join(WebhookEventType.values)}."
