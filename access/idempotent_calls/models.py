"""The requests with a key, and how much each project keeps of them."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import models
from django.utils import timezone

from access.values.identifiers import UUID7Field

KEPT = timedelta(hours=24)


class Octets(models.Func):
    """The bytes of a text in UTF-8."""

    function = "OCTET_LENGTH"
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        # SQLite has octet_length() only since 3.43.
        template = "LENGTH(CAST(%(expressions)s AS BLOB))"
        return self.as_sql(compiler, connection, template=template, **extra_context)


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
        indexes = (
            models.Index(fields=("project_id", "started_at"), name="idempotentcall_of_project"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.status or 'in flight'})"

    @property
    def is_expired(self) -> bool:
        """Whether the key is free again, although no worker has deleted the row yet."""
        return self.started_at < timezone.now() - KEPT

    @property
    def is_dropped(self) -> bool:
        """Whether only the status of the response is left."""
        return not self.answer and self.status not in (None, HTTPStatus.NO_CONTENT)


class IdempotencyUsage(models.Model):
    """The number of calls that a project keeps, and the bytes of their answers.

    A transaction changes this row before it changes the rows of calls, so the numbers are exact.
    Servers of 0.1.0 do not count; the next pruning counts their rows.
    """

    project_id = models.UUIDField(primary_key=True)
    calls = models.IntegerField(default=0)
    octets = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.calls} calls with {self.octets} bytes"

    def recount(self) -> None:
        """Count the rows again; the caller has locked this row."""
        rows = IdempotentCall.objects.filter(project_id=self.project_id)
        total = rows.aggregate(calls=models.Count("pk"), octets=models.Sum(Octets("answer")))
        self.calls, self.octets = total["calls"], total["octets"] or 0
