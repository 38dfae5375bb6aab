"""The state of an API token, and its rights in words."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.models import ApiToken, Scope
from access.staff.markup import pill

SOON = timedelta(days=30)
STATES = {
    "revoked": _("Revoked"),
    "works": _("Active"),
    "warning": _("Expires soon"),
    "expired": _("Expired"),
    "off": _("Project disabled"),
}


def token_state(token: ApiToken) -> str:
    """Return a key of STATES."""
    now = timezone.now()
    if token.revoked_at:
        return "revoked"
    if token.is_valid(now):
        return "warning" if token.expires_at and token.expires_at <= now + SOON else "works"
    return "off" if not token.project.is_active else "expired"


def token_pill(token: ApiToken) -> SafeString:
    state = token_state(token)
    return pill(state, STATES[state])


def expiring_soon(tokens: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    """Return those that work and expire within 30 days."""
    now = timezone.now()
    working = tokens.filter(revoked_at=None, project__is_active=True)
    return working.filter(expires_at__gt=now, expires_at__lte=now + SOON)


def rights_text(token: ApiToken) -> str:
    known = [str(Scope(name).label) for name in token.scopes if name in Scope.values]
    return ", ".join(known) or gettext("Nothing: each request gets 403.")


def networks_text(token: ApiToken) -> str:
    return ", ".join(token.allowed_networks.split()) or gettext("Any address")
