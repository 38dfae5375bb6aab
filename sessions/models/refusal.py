"""Refused attempts to join a room: counted, and the last ones in full.

Only sessions/lifecycle/refused_attempts.py writes these rows, which stay for KEPT_FOR. A room that
is deleted leaves its rows behind, so that no attempt waits for the row of its room.
"""

from datetime import timedelta

from django.db import models

from rooms.models import Room

# The last attempts of a room, with the names of the persons.
KEPT_IN_FULL = 20
KEPT_FOR = timedelta(days=7)


def _room(related_name: str) -> "models.ForeignKey[Room]":
    return models.ForeignKey(
        Room,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        # The unique constraint begins with it.
        db_index=False,
        related_name=related_name,
    )


class RefusalCount(models.Model):
    """The number of attempts that were refused in a room for one reason, in one hour."""

    room = _room("refusal_counts")
    reason = models.TextField()
    hour = models.DateTimeField(db_index=True, help_text="The start of the hour in UTC.")
    number = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("room", "hour", "reason"), name="refusalcount_one_of_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} refused: {self.reason}"


class Refusal(models.Model):
    """A refused attempt. A new one takes the place of the oldest in its `slot`."""

    room = _room("refusals")
    slot = models.SmallIntegerField()
    number = models.BigIntegerField(help_text="Counts the attempts of the room.")
    name = models.TextField(null=True, help_text="The person's name in the token.")
    reason = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("room", "slot"), name="refusal_one_in_a_slot"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"
