"""Who may call: a project, and its tokens."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.database.prepared_queries import PreparedQuery
from access.rate_limits import RequestCount
from access.staff.limits import StaffLimit
from access.values.identifiers import UUID7Field
from access.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "ApiToken",
    "Project",
    "RequestCount",
    "Scope",
    "StaffLimit",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]

PREFIX_CHARACTERS = 12
TOKEN = re.compile(rf"gr_([0-9a-f]{{{PREFIX_CHARACTERS}}})_([A-Za-z0-9_-]{{43}})\Z")
USED_AT_MOST_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    VIDEO = "video", "Video"


class Project(models.Model):
    """What an organisation keeps apart: rooms, sessions and tokens of one never meet another's."""

    id = UUID7Field()
    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(
        default=True, help_text="When off, every token of this project is refused."
    )
    requires_if_match = models.BooleanField(
        "requires If-Match",
        default=False,
        help_text="When on, the API changes a room only for callers that name its version.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("project")
        verbose_name_plural = _("projects")

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A secret that lets a program act for a project. Only a digest of it is kept."""

    # The secret is 32 random bytes, so a plain digest is as strong as a slow one.
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="tokens"
    )
    name = models.CharField(max_length=100, help_text="Where this token is used.")
    prefix = models.CharField(max_length=PREFIX_CHARACTERS, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list, blank=True)
    allowed_networks = models.TextField(
        blank=True,
        default="",
        help_text="Networks such as 192.0.2.0/24, one a line; empty lets callers in from anywhere.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    # By the database's clock, to half a second; written only where there is a replica (ADR 19).
    wrote_at = models.DateTimeField(null=True, blank=True, editable=False)

    # What REST framework asks of request.user.
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True

    class Meta:
        ordering = ("-id",)
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} (gr_{self.prefix}…)"

    def clean(self) -> None:
        # Here and not as validators of the fields, which a migration would import.
        faults = {"scopes": _scopes_fault(self.scopes)}
        faults["allowed_networks"] = _networks_fault(self.allowed_networks)
        if any(faults.values()):
            raise ValidationError({name: words for name, words in faults.items() if words})

    @classmethod
    def issue(cls, project: Project, name: str, **fields: Any) -> tuple[Self, str]:
        """Return a saved token and its secret text, which can never be read again."""
        token = cls(project=project, name=name, **fields)
        text = token.renew()
        token.full_clean()
        token.save()
        return token, text

    @classmethod
    def find(
        cls, text: str, look_up: "Callable[[str], ApiToken | None] | None" = None
    ) -> "ApiToken | None":
        """Return the token whose secret text this is, whatever its state, or None.

        `look_up` finds a token by its prefix, where there is a better way than to ask for it alone.
        """
        match = TOKEN.match(text)
        if not match:
            return None
        token = look_up(match[1]) if look_up else by_prefix().first(match[1])
        return token if token and hmac.compare_digest(token.digest, _digest(text)) else None

    def renew(self) -> str:
        """Give this unsaved token a new secret and return its text."""
        self.prefix = secrets.token_hex(PREFIX_CHARACTERS // 2)
        text = f"gr_{self.prefix}_{secrets.token_urlsafe(32)}"
        self.digest = _digest(text)
        return text

    def works(self, now: datetime) -> bool:
        """Say whether callers may use this token at all: not revoked, not expired, project on."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired and self.project.is_active

    def allows_address(self, address: str) -> bool:
        networks = self.allowed_networks.split()
        if not networks:
            return True
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        return any(caller in ip_network(word) for word in networks)

    def mark_used(self, now: datetime) -> None:
        """Write when this token was last used, at most once a minute."""
        if self.last_used_at and now - self.last_used_at < USED_AT_MOST_EVERY:
            return
        ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)

    def note_write(self) -> None:
        """Write that this token wrote just now; PostgreSQL only."""
        # Of two at once the later one stands, whichever is written last.
        now = Func(function="clock_timestamp", output_field=models.DateTimeField())
        ApiToken.objects.filter(pk=self.pk).update(wrote_at=Greatest("wrote_at", now))

    def revoke(self) -> None:
        """Refuse this token from now on; again changes nothing."""
        ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())


@cache
def by_prefix() -> PreparedQuery[ApiToken]:
    """Return the query for the token of a prefix, with its project."""
    tokens = ApiToken.objects.select_related("project").order_by()
    return PreparedQuery(
        lambda prefix: tokens.filter(prefix=prefix), ApiToken._meta.get_field("prefix")
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _scopes_fault(scopes: Any) -> str:
    known = set(Scope.values)
    if isinstance(scopes, list) and known.issuperset(map(str, scopes)):
        return ""
    return f"scopes must be a list of: {', '.join(sorted(known))}."


def _networks_fault(text: str) -> str:
    for word in text.split():
        try:
            ip_network(word)
        except ValueError as wrong:
            return f"allowed_networks: {wrong}."
    return ""
