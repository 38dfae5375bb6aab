"""The record of sign-ins, and the pauses after wrong passwords."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.credentials.pauses import (
    PauseRule,
    begin_attempt,
    failure_key,
    forget_failures,
    take_back_failure,
)
from access.database.batches import delete_in_batches
from access.http.client_address import LONGEST_ADDRESS, client_network, printable_address

log = logging.getLogger(__name__)

LONGEST_NAME = 150
KEPT = timedelta(days=90)
MOST_REFUSED = 50_000

PERSON = PauseRule(free=4)
# Several users may share an address.
SHARED_ADDRESS = PauseRule(free=9)


class SignInOutcome(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    REFUSED = "refused", _("Refused")


class SignInRecord(models.Model):
    """One checked password: the user name as typed, and the client's address."""

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    username = models.CharField(_("username"), max_length=LONGEST_NAME)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS)
    network = models.CharField(max_length=LONGEST_ADDRESS)
    outcome = models.CharField(_("result"), max_length=10, choices=SignInOutcome)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["username", "network"], name="signin_from_network"),)
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return f"{self.username}: {self.outcome}"

    @classmethod
    def is_known(cls, username: str, network: str) -> bool:
        """Return whether this user has signed in from this network."""
        rows = cls.objects.filter(username=username, network=network)
        return rows.filter(outcome=SignInOutcome.SIGNED_IN).exists()


class SignInAttempt:
    """A password that is about to be checked, for an account and from an address.

    In a network that the user has signed in from, only the failures of this account in this network
    count. So a stranger elsewhere cannot lock the user out. In other networks, the failures of the
    account in all of them count, and the failures of the network for all accounts.
    """

    def __init__(self, username: str, address: str) -> None:
        self.username, self.address = username[:LONGEST_NAME], printable_address(address)
        self.network = client_network(address)
        account = failure_key("account", username)
        self._account, self._rules = account, {account: PERSON, self._place: SHARED_ADDRESS}
        if SignInRecord.is_known(self.username, self.network):
            self._account = failure_key("account", username, self.network)
            self._rules = {self._account: PERSON}

    @property
    def _place(self) -> str:
        return failure_key("network", self.network)

    def begin(self) -> None:
        """Count a failure in advance, so that requests at the same time cannot exceed the limit.

        Raises Paused.
        """
        begin_attempt(self._rules)

    def succeed(self, user: Any) -> None:
        """Undo the count. Failures for other accounts still count for the network."""
        forget_failures(self._account)
        if self._place in self._rules:
            take_back_failure(self._place)
        self._record(SignInOutcome.SIGNED_IN, user)
        log.info("Sign-in of %a from %a: signed in", self.username, self.address)

    def fail(self) -> None:
        self._record(SignInOutcome.REFUSED)
        log.warning("Sign-in of %a from %a: refused", self.username, self.address)

    def _record(self, outcome: SignInOutcome, user: Any = None) -> None:
        SignInRecord.objects.create(
            username=self.username,
            user=user,
            address=self.address,
            network=self.network,
            outcome=outcome,
        )


def prune_sign_ins() -> int:
    """Delete old records, and the oldest refused ones above MOST_REFUSED; return how many."""
    deleted = delete_in_batches(SignInRecord.objects.filter(at__lt=timezone.now() - KEPT))
    # Only refused ones are limited: strangers must not make the server forget known networks.
    refused = SignInRecord.objects.filter(outcome=SignInOutcome.REFUSED)
    newest = refused.order_by("-id").values_list("id", flat=True)
    first = newest[MOST_REFUSED : MOST_REFUSED + 1].first()
    if first:
        deleted += delete_in_batches(refused.filter(id__lte=first))
    return deleted
