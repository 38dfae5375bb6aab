"""Count wrong credentials in the database, and pause their senders for a growing time.

The first failures have no effect. Each further one doubles the pause (docs/adr/0030-sign-in.md).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from django.db import connection, models

from access.database.batches import delete_in_batches
from access.rate_limits import LONGEST_WAIT, NOW

# 2 ** 10 seconds are 17 minutes.
MOST_STEPS = 10
# A failure counts until as many seconds after its pause.
FORGOTTEN_AFTER = 3600

_COUNT = """
INSERT INTO access_failurecount AS known (key, failures, paused_until) VALUES (%s, 1, {now})
ON CONFLICT (key) DO UPDATE SET failures = {failures}, paused_until = {now} + {pause}
WHERE NOT ({is_paused})
"""
_FAILURES = "CASE WHEN known.paused_until < {now} - {forgotten} THEN 1 ELSE known.failures + 1 END"
_STEP = "({failures}) - {free} - 1"
_PAUSE = """
CASE WHEN {step} < 0 THEN 0 ELSE 1 << (CASE WHEN {step} < {steps} THEN {step} ELSE {steps} END) END
"""
# A pause that would end later than the longest one began before the clock was set back.
_IS_PAUSED = "known.paused_until > {now} AND known.paused_until < {now} + {longest}"
_SECONDS_LEFT = """
SELECT max(known.paused_until) - {now} FROM access_failurecount AS known
WHERE known.key IN ({keys}) AND {is_paused}
"""


class Paused(Exception):
    """The sender has to wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(ceil(seconds), 1)


@dataclass(frozen=True)
class PauseRule:
    """How many failures are `free`; pauses are of 1, 2, 4, … up to 2 ** `steps` seconds."""

    free: int
    steps: int = MOST_STEPS


class FailureCount(models.Model):
    """Failures in a row of an account, an address, or both."""

    key = models.TextField(primary_key=True)
    failures = models.IntegerField()
    paused_until = models.FloatField(help_text="Seconds since 1970, by the database's clock.")

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"


def failure_key(*parts: str) -> str:
    """Return a key that no other parts have."""
    return json.dumps(parts)


def begin_attempt(rules: Mapping[str, PauseRule]) -> None:
    """Count a failure for each key in advance. Raises Paused if one is paused."""
    check_pauses(rules)
    for key, rule in rules.items():
        count_failure(key, rule)


def check_pauses(keys: Iterable[str]) -> None:
    """Raise Paused if one of `keys` is paused; read only."""
    keys = list(keys)
    sql = _SECONDS_LEFT.format(keys=", ".join(["%s"] * len(keys)), **_words())
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        [seconds] = cursor.fetchone()
    if seconds is not None:
        raise Paused(seconds)


def count_failure(key: str, rule: PauseRule) -> None:
    """Count a failure, which may begin a pause. Raises Paused, and counts nothing, in a pause."""
    words = _words()
    failures = _FAILURES.format(**words)
    step = _STEP.format(failures=failures, free=rule.free)
    pause = _PAUSE.format(step=step, steps=rule.steps)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(failures=failures, pause=pause, **words), [key])
        is_counted = cursor.rowcount == 1
    if not is_counted:
        check_pauses([key])


def forget_failures(key: str) -> None:
    FailureCount.objects.filter(key=key).delete()


def take_back_failure(key: str) -> None:
    """Undo the latest failure of `key` and its pause, and keep the failures before it."""
    counted = FailureCount.objects.filter(key=key)
    counted.update(failures=models.F("failures") - 1, paused_until=_now())


def prune_failures() -> int:
    """Delete failures that no longer count; return how many keys had some."""
    forgotten = _now() - models.Value(float(FORGOTTEN_AFTER))
    return delete_in_batches(FailureCount.objects.filter(paused_until__lt=forgotten))


def _now() -> models.expressions.RawSQL:
    now = NOW[connection.vendor]
    return models.expressions.RawSQL(now, [], models.FloatField())  # noqa: S611 - a constant


def _words() -> dict[str, str | int]:
    now = NOW[connection.vendor]
    longest = 2**MOST_STEPS + LONGEST_WAIT
    is_paused = _IS_PAUSED.format(now=now, longest=longest)
    return {"now": now, "is_paused": is_paused, "forgotten": FORGOTTEN_AFTER}
