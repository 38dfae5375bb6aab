"""Projects and their API tokens."""

import base64
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
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.credentials.pauses import FailureCount
from access.credentials.scopes import Scope, scopes_fault
from access.credentials.sign_ins import SignInRecord
from access.credentials.staff_sessions import StaffSession
from access.database.outages import ignored_outage
from access.database.prepared_queries import PreparedQuery
from access.http.client_address import printable_address
from access.idempotent_calls import IdempotencyUsage, IdempotentCall
from access.rate_limits import RequestCount
from access.staff.limits import StaffLimit
from access.values.identifiers import UUID7Field
from access.values.lines import LineCharField
from access.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "ApiToken",
    "FailureCount",
    "IdempotencyUsage",
    "IdempotentCall",
    "Project",
    "RequestCount",
    "Scope",
    "SignInRecord",
    "StaffLimit",
    "StaffSession",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]

PREFIX_CHARACTERS = 12
TOKEN = re.compile(rf"gr_([0-9a-f]{{{PREFIX_CHARACTERS}}})_([A-Za-z0-9_-]{{43}})\Z")
# The largest number of seconds in `expires_in` of a room token.
LONGEST_EXPIRY = 2**31 - 1
# An API token that its creator gives no other expiry.
TOKEN_LIFE = timedelta(days=365)
USED_AT_MOST_EVERY = timedelta(minutes=1)


class Project(models.Model):
    """An owner of rooms, sessions and tokens, isolated from every other project."""

    id = UUID7Field()
    name = LineCharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("If off, all tokens of this project are rejected."),
    )
    requires_if_match = models.BooleanField(
        _("requires If-Match"),
        default=False,
        help_text=_("If on, API clients must send the version of the room that they change."),
    )
    longest_room_token = models.PositiveIntegerField(
        _("longest life of room tokens"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_EXPIRY)],
        help_text=_("In seconds. Leave empty for no limit. It also ends tokens issued before."),
    )
    recording_days = models.PositiveIntegerField(
        _("days of recordings"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text=_("Recordings are deleted after these days. Leave empty to keep them for ever."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("project")
        verbose_name_plural = _("projects")

    def __str__(self) -> str:
        return str(self.name)


class ApiToken(models.Model):
    """A secret of an API client that acts for a project. Only its digest is stored."""

    # The secret is 32 random bytes, so a plain digest is as strong as a slow one.
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="tokens"
    )
    name = LineCharField(_("name"), max_length=100, help_text=_("Purpose of this token."))
    prefix = models.CharField(
        _("prefix"), max_length=PREFIX_CHARACTERS, unique=True, editable=False
    )
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    allowed_networks = models.TextField(
        _("allowed networks"),
        blank=True,
        default="",
        help_text=_("Allowed IP ranges, one per line. Leave empty to allow any."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # The name of the user; null if a command created it, or an earlier release.
    created_by = models.TextField(_("created by"), null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    last_used_from = models.TextField(_("last used from"), null=True, editable=False)
    # access/database/write_times.py sets it, by the database's clock, if there is a replica.
    wrote_at = models.DateTimeField(null=True, blank=True, editable=False)

    # REST framework needs these attributes of request.user.
    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True

    class Meta:
        ordering = ("-id",)
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} (gr_{self.prefix}…)"

    def clean(self) -> None:
        # A field's validators would be imported by the migrations.
        faults = {"scopes": scopes_fault(self.scopes)}
        faults["allowed_networks"] = _networks_fault(self.allowed_networks)
        if any(faults.values()):
            raise ValidationError({name: words for name, words in faults.items() if words})

    @classmethod
    def issue(cls, project: Project, name: str, **fields: Any) -> tuple[Self, str]:
        """Return a saved token and its secret text, which is not stored.

        The token expires after a year, unless `expires_at` has another time, or None for never.
        """
        fields.setdefault("expires_at", timezone.now() + TOKEN_LIFE)
        token = cls(project=project, name=name, **fields)
        text = token.renew()
        token.full_clean()
        token.save()
        return token, text

    @classmethod
    def find(
        cls, text: str, look_up: "Callable[[str], ApiToken | None] | None" = None
    ) -> "ApiToken | None":
        """Return the token with this secret text, valid or not, or None.

        `look_up` finds a token by its prefix, for callers that join it with another query.
        """
        match = TOKEN.match(text)
        if not match:
            return None
        token = look_up(match[1]) if look_up else token_by_prefix().first(match[1])
        return token if token and hmac.compare_digest(token.digest, _digest(text)) else None

    def renew(self, random: bytes = b"") -> str:
        """Give this unsaved token a new secret, of 32 bytes, and return its text."""
        self.prefix = secrets.token_hex(PREFIX_CHARACTERS // 2)
        text = self.text_of(self.prefix, random or secrets.token_bytes(32))
        self.digest = _digest(text)
        return text

    @staticmethod
    def text_of(prefix: str, random: bytes) -> str:
        encoded = base64.urlsafe_b64encode(random).decode().rstrip("=")
        return f"gr_{prefix}_{encoded}"

    def is_valid(self, now: datetime) -> bool:
        """Return whether it is not revoked, not expired, and its project is active."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired and self.project.is_active

    def allows_address(self, address: str) -> bool:
        networks = self.allowed_networks.split()
        if not networks:
            return True
        try:
            client = ip_address(address)
        except ValueError:
            return False
        return any(client in ip_network(word) for word in networks)

    def mark_used(self, now: datetime, address: str) -> None:
        """Save the time of the last use and the client's address, at most once a minute."""
        if self.last_used_at and now - self.last_used_at < USED_AT_MOST_EVERY:
            return
        # A read-only or locked database must not cost a reader its answer.
        with ignored_outage():
            ApiToken.objects.filter(pk=self.pk).update(
                last_used_at=now, last_used_from=printable_address(address)
            )

    def record_write(self) -> None:
        """Save the current time as the token's last write; PostgreSQL only."""
        # Greatest keeps the later of two concurrent times.
        now = Func(function="clock_timestamp", output_field=models.DateTimeField())
        ApiToken.objects.filter(pk=self.pk).update(wrote_at=Greatest("wrote_at", now))

    def revoke(self) -> bool:
        """Reject this token from now on; return whether it was not revoked before."""
        now = timezone.now()
        return bool(ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now))


@cache
def token_by_prefix() -> PreparedQuery[ApiToken]:
    """Return the query for the token with a prefix, and its project."""
    tokens = ApiToken.objects.select_related("project").order_by()
    return PreparedQuery(
        lambda prefix: tokens.filter(prefix=prefix), ApiToken._meta.get_field("prefix")
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _networks_fault(text: str) -> str:
    for word in text.split():
        try:
            ip_network(word)
        except ValueError as fault:
            return f"allowed_networks: {fault}."
    return ""
