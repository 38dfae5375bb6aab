"""Calls that may be sent again: the same key and body get the same answer, and one effect."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from access.values.identifiers import UUID7Field

KEPT = timedelta(hours=24)
# A call that has not answered by then has died with its server.
LONGEST_CALL = timedelta(minutes=10)


class InFlight(Exception):
    """The first call with this key has not answered yet."""


class OtherBody(Exception):
    """The key was used for another request."""


class IdempotentCall(models.Model):
    """One keyed call of a project, and its answer once it has one.

    Its id is the bulk id of what it changed, so that a call whose server died halfway can
    be sent again: what its history names already is not done twice.
    """

    id = UUID7Field()
    project_id = models.UUIDField()
    key = models.TextField()
    digest = models.TextField(help_text="Of the request: address and body.")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.IntegerField(null=True, help_text="Null while the call is in flight.")
    answer = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("project_id", "key"), name="idempotentcall_one_a_key"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.status or 'in flight'})"

    @classmethod
    def begin(cls, project_id: UUID, key: str, *request: Any) -> "IdempotentCall":
        """Return the call of this key: a new one, one to take up again, or one with its answer.

        Raises InFlight and OtherBody.
        """
        digest = hashlib.sha256(repr(request).encode("utf-8", "backslashreplace")).hexdigest()
        cls.objects.filter(started_at__lt=timezone.now() - KEPT).delete()
        try:
            with transaction.atomic():
                return cls.objects.create(project_id=project_id, key=key, digest=digest)
        except IntegrityError:
            call = cls.objects.get(project_id=project_id, key=key)
        if call.digest != digest:
            raise OtherBody
        if call.status is None and not call._taken_up():
            raise InFlight
        return call

    def finish(self, status: int, answer: str) -> None:
        IdempotentCall.objects.filter(pk=self.pk).update(status=status, answer=answer)

    def abandon(self) -> None:
        """Let the same call be sent again at once: this one failed without an answer."""
        died = timezone.now() - LONGEST_CALL
        IdempotentCall.objects.filter(pk=self.pk).update(started_at=died)

    def _taken_up(self) -> bool:
        now = timezone.now()
        if self.started_at > now - LONGEST_CALL:
            return False
        # Of two that take it up at once, one finds the row as it read it.
        mine = IdempotentCall.objects.filter(pk=self.pk, started_at=self.started_at, status=None)
        return mine.update(started_at=now) == 1


def answer_once(call: IdempotentCall, act: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Return the call's answer: the one it has, or else what `act` answers now."""
    if call.status is not None:
        return call.status, call.answer
    try:
        status, answer = act()
    except BaseException:
        call.abandon()
        raise
    call.finish(status, answer)
    return status, answer
