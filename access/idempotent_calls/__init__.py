"""Idempotent requests: a repeated key and body get the first response, and no second effect.

docs/adr/0034-bounds-of-kept-answers.md has the bounds of what a project may keep.
"""

from access.idempotent_calls.bounds import TooManyCalls, forget_call, prune_calls
from access.idempotent_calls.calls import (
    AnswerDropped,
    InFlight,
    OtherBody,
    answer_once,
    begin_call,
    lock_call,
    store_call,
)
from access.idempotent_calls.digests import digest_of
from access.idempotent_calls.models import KEPT, IdempotencyUsage, IdempotentCall

__all__ = [
    "KEPT",
    "AnswerDropped",
    "IdempotencyUsage",
    "IdempotentCall",
    "InFlight",
    "OtherBody",
    "TooManyCalls",
    "answer_once",
    "begin_call",
    "digest_of",
    "forget_call",
    "lock_call",
    "prune_calls",
    "store_call",
]
