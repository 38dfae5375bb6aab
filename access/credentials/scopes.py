"""The scopes of API tokens; access/api/scopes.py says which request needs which."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """A permission of an API token."""

    # As in the reference: it includes all others, except for `management`.
    VIDEO = "video", _("Rooms, sessions and webhooks")
    ROOMS_READ = "rooms:read", _("Read rooms and their history")
    ROOMS_WRITE = "rooms:write", _("Create, change and delete rooms")
    SESSIONS_READ = "sessions:read", _("Read sessions, members, recordings and logs")
    SESSIONS_WRITE = "sessions:write", _("Admit and remove people, change sessions and recordings")
    TOKENS_ISSUE = "tokens:issue", _("Issue room tokens")
    WEBHOOKS = "webhooks", _("Read and change webhooks")
    MANAGEMENT = "management", _("Create, change and revoke API tokens")


def scopes_fault(scopes: Any) -> str:
    known = set(Scope.values)
    if isinstance(scopes, list) and known.issuperset(map(str, scopes)):
        return ""
    return f"scopes must be a list of: {', '.join(sorted(known))}."
