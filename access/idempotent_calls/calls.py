"""The steps of a request with a key: look up, begin, store the response, repeat it."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from access.database.name_locks import try_lock
from access.idempotent_calls.bounds import count_call, forget_call
from access.idempotent_calls.models import IdempotentCall

# The server of an older call without a response must have crashed.
LONGEST_CALL = timedelta(minutes=10)


class InFlight(Exception):
    """The first request with this key is still running."""


class OtherBody(Exception):
    """The key was used for another request."""


class AnswerDropped(Exception):
    """The first request with this key had `status`; its answer gave way to newer ones."""

    def __init__(self, status: int) -> None:
        self.status = status


def lock_call(project_id: UUID, key: str, digest: str) -> IdempotentCall | None:
    """Lock a key until the transaction ends; return its call, or None if the key is new.

    The call may be expired. Raises InFlight, OtherBody and AnswerDropped.
    """
    if not try_lock(f"{project_id} {key}"):
        raise InFlight
    call = _found(project_id, key)
    if call is None or call.is_expired:
        return call
    _check(call, digest)
    if call.status is None:
        raise InFlight
    return call


def store_call(
    project_id: UUID,
    key: str,
    digest: str,
    *,
    former: IdempotentCall | None = None,
    **response: Any,
) -> IdempotentCall:
    """Store a call with its response, in the transaction of its effect; return it.

    The response has a status, an answer and headers, the latter as JSON. `former` is an expired
    call with this key. Raises InFlight and TooManyCalls.
    """
    if former:
        forget_call(former)
    is_kept = count_call(project_id, 1, response["answer"])
    call = IdempotentCall(project_id=project_id, key=key, digest=digest, **response)
    call.answer = response["answer"] if is_kept else ""
    try:
        call.save(force_insert=True)
    except IntegrityError:
        # A bulk request with the same key, which takes no lock, has begun in the meantime.
        raise InFlight from None
    # The first response is complete in any case.
    call.answer = response["answer"]
    return call


def begin_call(project_id: UUID, key: str, digest: str) -> IdempotentCall:
    """Return the bulk call with this key: new, to be continued, or with its response.

    Raises InFlight, OtherBody, AnswerDropped and TooManyCalls.
    """
    call = _found(project_id, key)
    if call and call.is_expired:
        forget_call(call)
        call = None
    if call is None:
        return _new_call(project_id, key, digest)
    _check(call, digest)
    if call.status is None and not _take_over(call):
        raise InFlight
    return call


def answer_once(call: IdempotentCall, act: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Return the saved response of the call, or run `act` and save its response.

    A refusal is not saved, so its key is free again.
    """
    if call.status is not None:
        return call.status, call.answer
    try:
        status, answer = act()
    except BaseException:
        _abandon(call)
        raise
    if status < HTTPStatus.BAD_REQUEST:
        _finish(call, status, answer)
    else:
        # A refusal changed nothing, can have megabytes, and may be otherwise next time.
        forget_call(call)
    return status, answer


def _found(project_id: UUID, key: str) -> IdempotentCall | None:
    return IdempotentCall.objects.filter(project_id=project_id, key=key).first()


def _check(call: IdempotentCall, digest: str) -> None:
    if call.digest != digest:
        raise OtherBody
    if call.status is not None and call.is_dropped:
        raise AnswerDropped(call.status)


def _new_call(project_id: UUID, key: str, digest: str) -> IdempotentCall:
    try:
        with transaction.atomic():
            count_call(project_id, 1, "")
            return IdempotentCall.objects.create(project_id=project_id, key=key, digest=digest)
    except IntegrityError:
        # Another request with this key has begun in the meantime.
        raise InFlight from None


def _finish(call: IdempotentCall, status: int, answer: str) -> None:
    with transaction.atomic():
        is_kept = count_call(call.project_id, 0, answer)
        running = IdempotentCall.objects.filter(pk=call.pk, status=None)
        if not running.update(status=status, answer=answer if is_kept else ""):
            # Another request has continued this call, and has stored its response.
            transaction.set_rollback(True)


def _abandon(call: IdempotentCall) -> None:
    """Allow an immediate repetition, because this call has failed without a response."""
    expired = timezone.now() - LONGEST_CALL
    IdempotentCall.objects.filter(pk=call.pk).update(started_at=expired)


def _take_over(call: IdempotentCall) -> bool:
    now = timezone.now()
    if call.started_at > now - LONGEST_CALL:
        return False
    # If two requests continue it at once, only one still finds the started_at that it read.
    mine = IdempotentCall.objects.filter(pk=call.pk, started_at=call.started_at, status=None)
    return mine.update(started_at=now) == 1
