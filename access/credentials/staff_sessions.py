"""Sessions of staff: found by user, of twelve hours at most, and less without use."""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.credentials.browsers import browser_of
from access.database.batches import delete_in_batches
from access.database.outages import ignored_outage
from access.database.prepared_queries import PreparedQuery
from access.http.client_address import client_address, printable_address

log = logging.getLogger(__name__)

USED_AT_MOST_EVERY = timedelta(minutes=1)
# Keys of the session's data.
SIGNED_IN_AT, ADDRESS, BROWSER = "signed_in_at", "address", "browser"


class SessionStore(DatabaseStore):
    """Ends a session a fixed time after the sign-in, and earlier if it is not used."""

    _user: Any = None

    @classmethod
    def get_model_class(cls) -> type["StaffSession"]:
        return StaffSession

    def load(self) -> dict[str, Any]:
        row = _session_by_key().first(self.session_key, timezone.now())
        if row is None:
            self._session_key = None
            return {}
        self._user = row.user
        data = self.decode(row.session_data)
        row.mark_used(data, timezone.now())
        return data

    def read_user(self) -> Any:
        """Return the user whose row was read with the session, or None.

        The row may be of a user who is not active, or of another one than the session names.
        """
        return self._user if SESSION_KEY in self else None

    def create_model_instance(self, data: dict[str, Any]) -> "StaffSession":
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]
        return cast(StaffSession, row)

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return _unused_until(self, timezone.now())

    def get_expiry_age(self, **kwargs: Any) -> int:
        # The age of the cookie, which is not sent again with every response.
        now = timezone.now()
        return int((_longest_until(self, now) - now).total_seconds())


class StaffSession(AbstractBaseSession):
    """Django's session with its user and the time of its last use.

    `expire_date` is the earlier of the two ends.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        verbose_name = _("browser with a sign-in")
        verbose_name_plural = _("browsers with a sign-in")

    def __str__(self) -> str:
        # The key is a secret, and Django admin shows this text before it deletes the user.
        return gettext("Sign-in of {user}").format(user=self.user)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    @property
    def handle(self) -> str:
        """Names the session on a page, without its key."""
        return salted_hmac("access.staff_session", self.session_key).hexdigest()[:32]

    def mark_used(self, data: dict[str, Any], now: datetime) -> None:
        """Save the time of the use and the new end, at most once a minute."""
        if now - self.used_at < USED_AT_MOST_EVERY:
            return
        # A read-only or locked database must not cost the user the page.
        with ignored_outage():
            StaffSession.objects.filter(pk=self.pk).update(
                used_at=now, expire_date=_unused_until(data, now)
            )


@cache
def _session_by_key() -> PreparedQuery[StaffSession]:
    """Return the query for the session of a key that has not ended at a time."""
    columns = [StaffSession._meta.get_field(name) for name in ("session_key", "expire_date")]

    def build(key: str, now: datetime) -> QuerySet[StaffSession]:
        found = StaffSession.objects.filter(session_key=key, expire_date__gt=now).order_by()
        return found.select_related("user")

    return PreparedQuery(build, *columns)


def _unused_until(data: Any, now: datetime) -> datetime:
    idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    return min(now + idle, _longest_until(data, now))


def _longest_until(data: Any, now: datetime) -> datetime:
    # A session without a user lasts from its last change.
    start = data.get(SIGNED_IN_AT, now.timestamp())
    return datetime.fromtimestamp(start, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """Store where and when the session began."""
    request.session.update(
        {
            SIGNED_IN_AT: timezone.now().timestamp(),
            ADDRESS: printable_address(client_address(request)),
            BROWSER: browser_of(request.META.get("HTTP_USER_AGENT", "")),
        }
    )


def live_staff_sessions(user: Any) -> list[StaffSession]:
    """Return the sessions that `user` is signed in with, the last used first."""
    return [row for row in _sessions_of(user).order_by("-used_at") if _has_password(row, user)]


def end_staff_sessions(user: Any, by: Any, *, keep: str | None = "") -> int:
    """End the sessions of `user` except the one with the key `keep`; return how many."""
    ended = _sessions_of(user).exclude(pk=keep or "").delete()[0]
    log.info("%d sessions of %a ended by %a", ended, user.get_username(), by.get_username())
    return ended


def end_staff_session(user: Any, handle: str) -> bool:
    """End the session of `user` that a page names by `handle`; return whether it existed."""
    for row in _sessions_of(user):
        if constant_time_compare(row.handle, handle):
            row.delete()
            log.info("A session of %a ended by the user", user.get_username())
            return True
    return False


def _sessions_of(user: Any) -> QuerySet[StaffSession]:
    return StaffSession.objects.filter(user=user, expire_date__gt=timezone.now())


def _has_password(row: StaffSession, user: Any) -> bool:
    """Return whether the session is from after the last change of the password, as Django does."""
    signed_in_with = row.get_decoded().get(HASH_SESSION_KEY, "")
    return constant_time_compare(signed_in_with, user.get_session_auth_hash())


def prune_staff_sessions() -> int:
    return delete_in_batches(StaffSession.objects.filter(expire_date__lt=timezone.now()))
