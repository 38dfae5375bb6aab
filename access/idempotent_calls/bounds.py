"""The bounds of a project: how many calls it keeps for a day, and how many bytes of answers.

Answers give way, the oldest first; calls do not, because a repeated key must not act twice. Each
function that changes rows of calls locks the project's IdempotencyUsage before.
"""

from math import ceil
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from access.idempotent_calls.models import KEPT, IdempotencyUsage, IdempotentCall, Octets

BATCH = 500


class TooManyCalls(Exception):
    """The project keeps as many calls as it may; `seconds` until the oldest one is free."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(ceil(seconds), 1)


def count_call(project_id: UUID, calls: int, answer: str) -> bool:
    """Count calls and the bytes of an answer; return whether the answer may be kept.

    Needs a transaction, in which the caller writes the rows afterwards. Raises TooManyCalls.
    """
    octets = len(answer.encode())
    fitting = IdempotencyUsage.objects.filter(
        pk=project_id,
        calls__lte=settings.IDEMPOTENCY_CALLS - calls,
        octets__lte=settings.IDEMPOTENCY_BYTES - octets,
    )
    # The lock lasts until the end of the transaction, so this is one of its last statements.
    if fitting.update(calls=F("calls") + calls, octets=F("octets") + octets):
        return True
    return _make_room(project_id, calls, octets)


def forget_call(call: IdempotentCall) -> None:
    """Free the key of a call."""
    with transaction.atomic():
        usage = _locked(call.project_id)
        _delete(usage, IdempotentCall.objects.filter(pk=call.pk))
        usage.save()


def prune_calls() -> int:
    """Delete the calls that are no longer kept, in short transactions; return how many."""
    projects = _expired().order_by().values_list("project_id", flat=True).distinct()
    return sum(_prune_project(project_id) for project_id in list(projects))


def _make_room(project_id: UUID, calls: int, octets: int) -> bool:
    usage = _locked(project_id)
    if calls and usage.calls >= settings.IDEMPOTENCY_CALLS:
        _delete(usage, _expired().filter(project_id=project_id))
        if usage.calls >= settings.IDEMPOTENCY_CALLS:
            raise TooManyCalls(_seconds_until_free(project_id))
    is_kept = octets <= settings.IDEMPOTENCY_BYTES
    if is_kept:
        _drop_answers(usage, octets)
    usage.calls += calls
    usage.octets += octets if is_kept else 0
    usage.save()
    return is_kept


def _locked(project_id: UUID) -> IdempotencyUsage:
    locking = IdempotencyUsage.objects.select_for_update()
    usage, is_new = locking.get_or_create(pk=project_id)
    if is_new:
        usage.recount()
    return usage


def _expired() -> QuerySet[IdempotentCall]:
    return IdempotentCall.objects.filter(started_at__lt=timezone.now() - KEPT)


def _delete(usage: IdempotencyUsage, rows: QuerySet[IdempotentCall]) -> int:
    """Delete up to BATCH of the rows and count them out; return how many."""
    sizes = dict(rows.values_list("pk", Octets("answer"))[:BATCH])
    IdempotentCall.objects.filter(pk__in=sizes).delete()
    usage.calls -= len(sizes)
    usage.octets -= sum(sizes.values())
    return len(sizes)


def _drop_answers(usage: IdempotencyUsage, octets: int) -> None:
    """Drop the oldest answers, until there is space for another one of `octets` bytes."""
    if usage.octets + octets <= settings.IDEMPOTENCY_BYTES:
        return
    # A quarter at once: otherwise each further call would have to drop an answer.
    target = max(settings.IDEMPOTENCY_BYTES * 3 // 4 - octets, 0)
    rows = IdempotentCall.objects.filter(project_id=usage.project_id).exclude(answer="")
    while usage.octets > target:
        sizes = list(rows.order_by("started_at").values_list("pk", Octets("answer"))[:BATCH])
        if not sizes:
            return
        _drop_batch(usage, sizes, target)


def _drop_batch(usage: IdempotencyUsage, sizes: list[tuple[UUID, int]], target: int) -> None:
    dropped = []
    for pk, octets in sizes:
        if usage.octets <= target:
            break
        dropped.append(pk)
        usage.octets -= octets
    IdempotentCall.objects.filter(pk__in=dropped).update(answer="")


def _seconds_until_free(project_id: UUID) -> float:
    rows = IdempotentCall.objects.filter(project_id=project_id).order_by("started_at")
    oldest = rows.values_list("started_at", flat=True).first()
    return (oldest + KEPT - timezone.now()).total_seconds() if oldest else 0


def _prune_project(project_id: UUID) -> int:
    deleted = 0
    while batch := _prune_batch(project_id):
        deleted += batch
    return deleted


def _prune_batch(project_id: UUID) -> int:
    with transaction.atomic():
        usage = _locked(project_id)
        deleted = _delete(usage, _expired().filter(project_id=project_id))
        if not deleted:
            usage.recount()
        if usage.calls:
            usage.save()
        else:
            usage.delete()
    return deleted
