"""Webhook endpoints: the addresses that receive a project's events."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.database.name_locks import lock
from access.values.identifiers import UUID7Field
from access.values.lines import LineCharField
from access.webhooks import signatures
from access.webhooks.addresses import ForbiddenAddress, read_url
from access.webhooks.models.event_types import WebhookEventType

# After a rotation, the previous secret signs as well for this time.
OVERLAP = timedelta(hours=24)
MOST_ENDPOINTS = 20
# The fields that `switch` sets.
SWITCH_FIELDS = ("disabled_at", "disabled_reason", "failures", "failing_since", "next_turn_at")


class WebhookEndpoint(models.Model):
    """An address that receives a project's events. Its secrets are derived, never stored."""

    id = UUID7Field()
    project = models.ForeignKey(
        "access.Project",
        verbose_name=_("project"),
        on_delete=models.CASCADE,
        related_name="webhooks",
    )
    url = LineCharField(
        _("URL"),
        max_length=2000,
        help_text=_("Address that receives events, such as https://example.org/."),
    )
    description = LineCharField(
        _("description"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Receiver and purpose."),
    )
    event_types = models.JSONField(
        _("event types"),
        default=list,
        blank=True,
        help_text=_("Select none to receive all events, including future ones."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_reason = models.TextField(_("reason"), blank=True, default="", editable=False)

    # The number of the current secret, and when the previous one stops to sign.
    generation = models.IntegerField(default=1, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)

    # The failures since the last success, and the time of the first of them.
    failures = models.IntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    # `turn` is the lease of the one worker that sends to this endpoint. Another worker may take
    # it at `next_turn_at`: when the endpoint's pause is over, or when the lease has expired.
    turn = models.UUIDField(null=True, editable=False)
    next_turn_at = models.DateTimeField(default=timezone.now, editable=False)

    # Moved with every field that the API shows, so that it is a strong ETag.
    version = models.IntegerField(default=1, db_default=1, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("webhook endpoint")

    def __str__(self) -> str:
        return str(self.url)

    def clean(self) -> None:
        # A field's validators would be imported by the migrations.
        faults = {
            "url": _url_fault(self.url),
            "event_types": _types_fault(self.event_types),
        }
        if self._state.adding and not any(faults.values()):
            faults["project"] = self._count_fault()
        if any(faults.values()):
            raise ValidationError({name: fault for name, fault in faults.items() if fault})

    def _count_fault(self) -> ValidationError | None:
        # Others that add an endpoint at the same time wait, or both would see the same number.
        lock(f"webhooks of {self.project_id}")
        others = WebhookEndpoint.objects.filter(project_id=self.project_id).count()
        if others < MOST_ENDPOINTS:
            return None
        text = f"A project has at most {MOST_ENDPOINTS} webhook endpoints: delete one first."
        return ValidationError(text, code="too_many")

    @property
    def secret(self) -> str:
        """The current secret, as receivers configure it: whsec_ and base64."""
        return signatures.derive_secret(self.pk, self.generation)

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that are valid at `now`, the newest first."""
        if self.former_until is None or self.former_until <= now:
            return [self.secret]
        return [self.secret, signatures.derive_secret(self.pk, self.generation - 1)]

    def wants(self, type_: str) -> bool:
        return not self.event_types or type_ in self.event_types

    def rotate(self, now: datetime) -> str:
        """Create a new secret and return it; the previous one stays valid for OVERLAP.

        An older secret stops at once: to retire a leaked secret now, rotate twice.
        """
        self.generation += 1
        self.former_until = now + OVERLAP
        self.save_version("generation", "former_until")
        return self.secret

    def save_version(self, *fields: str) -> None:
        """Save these fields as the next version; without any, nothing is saved."""
        if not fields:
            return
        values = {name: getattr(self, name) for name in fields}
        # The database counts, because staff and a worker may save at once.
        WebhookEndpoint.objects.filter(pk=self.pk).update(**values, version=F("version") + 1)
        self.version += 1

    def fields_moved_since(self, before: "WebhookEndpoint") -> list[str]:
        names = [field.attname for field in self._meta.concrete_fields]
        return [name for name in names if getattr(self, name) != getattr(before, name)]

    def record_success(self) -> None:
        if self.failing_since:
            self.failures, self.failing_since = 0, None
            self.save_version("failures", "failing_since")

    def record_failure(self, now: datetime) -> None:
        self.failures += 1
        if self.failing_since:
            self.save(update_fields=["failures"])
        else:
            self.failing_since = now
            self.save_version("failures", "failing_since")

    def disable(self, reason: str, now: datetime) -> None:
        """Stop all deliveries; events from now on are not kept for this endpoint."""
        self.switch(on=False, reason=reason, now=now)
        self.save_version(*SWITCH_FIELDS)

    def enable(self, now: datetime) -> None:
        """Resume deliveries, pending ones first, and reset the failure count."""
        self.switch(on=True, now=now)
        self.save_version(*SWITCH_FIELDS)

    def switch(self, *, on: bool, now: datetime, reason: str = "") -> None:
        """Enable or disable this endpoint without saving it."""
        self.disabled_at, self.disabled_reason = (None, "") if on else (now, reason)
        if on:
            self.failures, self.failing_since, self.next_turn_at = 0, None, now


def _url_fault(url: str) -> ValidationError | None:
    try:
        read_url(url)
    except ForbiddenAddress as wrong:
        return ValidationError(f"url: {wrong}", code=wrong.rule, params={"host": wrong.host})
    return None


def _types_fault(types: Any) -> ValidationError | None:
    known = set(WebhookEventType.values)
    if isinstance(types, list) and all(isinstance(type_, str) for type_ in types):
        unknown = [type_ for type_ in types if type_ not in known]
        if not unknown:
            return None
    return ValidationError(f"event_types must be a list of: {', '.join(WebhookEventType.values)}.")
