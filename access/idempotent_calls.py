"""Idempotent requests: a repeated key and body get the first response, and no second effect."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from access.database.name_locks import try_lock
from access.values.identifiers import UUID7Field

KEPT = timedelta(hours=24)
# The server of an older call without a response must have crashed.
LONGEST_CALL = timedelta(minutes=10)


class InFlight(Exception):
    """The first request with this key is still running."""


class OtherBody(Exception):
    """The key was used for another request."""


class IdempotentCall(models.Model):
    """A request of a project with its key, and its response when it has one.

    The id of a bulk request is the bulk id of its changes. So a request whose server crashed can
    be repeated: rooms with this id in their history are not changed again.
    """

    id = UUID7Field()
    project_id = models.UUIDField()
    key = models.TextField()
    digest = models.TextField(help_text="Digest of the URL and the body.")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.IntegerField(null=True, help_text="Null while the request is running.")
    answer = models.TextField(default="", help_text="The body of the response, without secrets.")
    headers = models.TextField(default="{}", db_default="{}", help_text="As a JSON object.")

    class Meta:
        # The name of 0.1.0, which old servers use during an upgrade.
        db_table = "rooms_idempotentcall"
        constraints = (
            models.UniqueConstraint(fields=("project_id", "key"), name="idempotentcall_one_a_key"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.status or 'in flight'})"

    @classmethod
    def prune(cls) -> int:
        """Delete the calls that are no longer kept; return how many."""
        return cls.objects.filter(started_at__lt=timezone.now() - KEPT).delete()[0]

    @classmethod
    def locked(cls, project_id: UUID, key: str, digest: str) -> "IdempotentCall | None":
        """Lock a key until the transaction ends; return its call, or None if the key is new.

        Raises InFlight and OtherBody.
        """
        if not try_lock(f"{project_id} {key}"):
            raise InFlight
        call = cls.objects.filter(project_id=project_id, key=key).first()
        if call and call.digest != digest:
            raise OtherBody
        if call and call.status is None:
            raise InFlight
        return call

    @classmethod
    def store(cls, project_id: UUID, key: str, digest: str, **response: Any) -> "IdempotentCall":
        """Store a call with its response, in the transaction of its effect. Raises InFlight.

        The response has a status, an answer and headers, the latter as JSON.
        """
        try:
            return cls.objects.create(project_id=project_id, key=key, digest=digest, **response)
        except IntegrityError:
            # A bulk request with the same key, which takes no lock, has begun in the meantime.
            raise InFlight from None

    @classmethod
    def begin(cls, project_id: UUID, key: str, digest: str) -> "IdempotentCall":
        """Return the bulk call with this key: new, to be continued, or with its response.

        Raises InFlight and OtherBody.
        """
        cls.prune()
        try:
            with transaction.atomic():
                return cls.objects.create(project_id=project_id, key=key, digest=digest)
        except IntegrityError:
            call = cls.objects.get(project_id=project_id, key=key)
        if call.digest != digest:
            raise OtherBody
        if call.status is None and not call._take_over():
            raise InFlight
        return call

    def finish(self, status: int, answer: str) -> None:
        IdempotentCall.objects.filter(pk=self.pk).update(status=status, answer=answer)

    def abandon(self) -> None:
        """Allow an immediate repetition, because this call has failed without a response."""
        expired = timezone.now() - LONGEST_CALL
        IdempotentCall.objects.filter(pk=self.pk).update(started_at=expired)

    def forget(self) -> None:
        """Free the key, because the effect of this call was undone."""
        IdempotentCall.objects.filter(pk=self.pk).delete()

    def _take_over(self) -> bool:
        now = timezone.now()
        if self.started_at > now - LONGEST_CALL:
            return False
        # If two requests continue it at once, only one still finds the started_at that it read.
        mine = IdempotentCall.objects.filter(pk=self.pk, started_at=self.started_at, status=None)
        return mine.update(started_at=now) == 1


def answer_once(call: IdempotentCall, act: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Return the saved response of the call, or run `act` and save its response.

    A refusal is not saved, so its key is free again.
    """
    if call.status is not None:
        return call.status, call.answer
    try:
        status, answer = act()
    except BaseException:
        call.abandon()
        raise
    if status < HTTPStatus.BAD_REQUEST:
        call.finish(status, answer)
    else:
        # A refusal changed nothing, can have megabytes, and may be otherwise next time.
        call.forget()
    return status, answer


def digest_of(request: Mapping[str, Any]) -> str:
    """Return the digest of a request; the order of keys and the whitespace do not count."""
    text = json.dumps(request, sort_keys=True, default=_as_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: Any) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else repr(value)
