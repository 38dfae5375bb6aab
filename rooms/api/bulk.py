"""Many rooms in one call: a selection and a recipe, a CSV file, or the way back."""

import json
import tempfile
from collections.abc import Iterator
from itertools import chain, repeat
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from uuid_utils.compat import uuid7

from access.api.parsers import StrictJsonParser
from access.api.views import body_of, has_body
from access.http.body_limits import file_limit
from access.http.errors import ApiError, base_url, faults_of
from access.http.view_attributes import body_limit
from access.values.faults import fault
from access.values.identifiers import is_uuid
from rooms.api.base import RoomView
from rooms.api.examples import BULK_ID, FILE_OPTIONS, MANY_CHANGED, ROWS, SHIFT
from rooms.api.history import read_override
from rooms.api.schema import BULK_CHANGE, BULK_RESULT, BULK_REVERT, CSV_IN
from rooms.bulk import csv_files, requests
from rooms.bulk.engine import Bulk, Mode, Result, RowOutcome, Summary
from rooms.models.idempotent_call import IdempotentCall, InFlight, OtherBody, answer_once

# Results of more bytes than this wait for their turn on disk, not in memory.
IN_MEMORY = 1024 * 1024
LONGEST_KEY = 200


class CsvFile(bytes):
    """A body that is a CSV file."""


class CsvParser(BaseParser):
    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return CsvFile(stream.read())


class BulkViewSet(RoomView):
    reads_replica = True
    parser_classes = [StrictJsonParser, CsvParser]

    @extend_schema(exclude=True)
    def retrieve(self, request: Request) -> HttpResponseBase:
        """Get the room that is named bulk."""
        return self.show_room("bulk")

    @body_limit(file_limit)
    @extend_schema(
        operation_id="change_rooms",
        parameters=FILE_OPTIONS,
        request={"application/json": BULK_CHANGE, "text/csv": CSV_IN},
        responses={200: BULK_RESULT},
        examples=[SHIFT, ROWS, MANY_CHANGED],
    )
    def create(self, request: Request) -> HttpResponseBase:
        """Change many rooms at once: all or nothing, or only the valid.

        In JSON: which rooms, and one change for all of them. As a CSV file: a row for each
        room, with its own values.
        """
        sent = body_of(request)
        if self.token.project.requires_if_match and not isinstance(sent, CsvFile):
            raise ApiError(428, "This project changes rooms only by version: send a CSV file.")
        try:
            order = self._order(sent)
        except csv_files.InvalidCsv as wrong:
            error = ValidationError(str(wrong), code="invalid_parameter")
            raise ValidationError({"file": error}) from None
        return self._once(order, sent)

    @extend_schema(
        operation_id="revert_bulk_change",
        parameters=[BULK_ID],
        request={"application/json": BULK_REVERT},
        responses={200: BULK_RESULT},
        examples=[MANY_CHANGED],
    )
    def revert(self, request: Request, bulk: str) -> HttpResponseBase:
        """Put back what a bulk change moved, in all of its rooms."""
        if not is_uuid(bulk):
            raise Http404
        sent = body_of(request) if has_body(request) else {}
        mode = requests.read_mode(sent.get("mode", Mode.ALL.value))
        order = requests.to_revert(
            UUID(bulk),
            self.rooms.all(),
            self.token.project_id,
            mode=mode,
            override=read_override(sent),
        )
        if order is None:
            raise Http404
        return self._once(order, sent)

    def _order(self, sent: Any) -> requests.BulkRequest:
        query = self.request.query_params
        if isinstance(sent, CsvFile):
            return requests.from_file(sent, query, self.rooms.all(), self.token.project)
        return requests.from_json(sent, query, self.rooms.all())

    def _once(self, order: requests.BulkRequest, sent: Any) -> HttpResponseBase:
        key = _key(self.request)
        if self.is_dry_run or not key:
            return _answered(*self._run(order, uuid7(), is_new=True))
        call = self._call(key, sent)

        def act() -> tuple[int, str]:
            status, answer = self._run(order, call.id)
            return status, "".join(answer)

        return _answered(*answer_once(call, act))

    def _call(self, key: str, sent: Any) -> IdempotentCall:
        try:
            return IdempotentCall.begin(
                self.token.project_id, key, self.request.get_full_path(), sent
            )
        except InFlight:
            detail = "The first call with this Idempotency-Key has not answered yet."
            raise ApiError(409, detail, {"Retry-After": "5"}) from None
        except OtherBody:
            error = ValidationError(
                "Idempotency-Key was used for another request within a day.",
                code="invalid_parameter",
            )
            raise ValidationError({"Idempotency-Key": error}) from None

    def _run(
        self, order: requests.BulkRequest, bulk_id: UUID, *, is_new: bool = False
    ) -> tuple[int, Iterator[str] | str]:
        """Do what is ordered; return the status and the answer, in pieces if it is long."""
        author = self.author(order.door)
        bulk = Bulk(order.rooms, author, bulk_id, order.mode, self.is_dry_run, is_new)
        # Closed when the last piece is read, long after this function.
        spool = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115

        separators = chain([""], repeat(","))

        def report(result: Result) -> None:
            spool.write(next(separators) + json.dumps(self._drawn(result)))

        try:
            summary = bulk.run(order.stages(bulk), report)
        except BaseException:
            spool.close()
            raise
        refused = order.mode == Mode.ALL and summary.counts[RowOutcome.REFUSED] > 0
        is_long = spool.tell() > IN_MEMORY
        pieces = _pieces(self._head(bulk, summary, refused), spool)
        return 422 if refused else 200, pieces if is_long else "".join(pieces)

    def _head(self, bulk: Bulk, summary: Summary, refused: bool) -> dict[str, Any]:
        head: dict[str, Any] = {
            "bulk_id": str(bulk.id),
            "mode": bulk.mode.value,
            "dry_run": bulk.dry_run,
            "applied": summary.applied,
            "counts": {outcome.value: summary.counts[outcome] for outcome in RowOutcome},
        }
        if refused:
            number, total = summary.counts[RowOutcome.REFUSED], summary.counts.total()
            error = ValidationError(
                f"{number} of {total} rooms are refused, so none is changed: see results.",
                code="invalid_parameter",
            )
            head["errors"] = faults_of(ValidationError({"rooms": error}), self._base_url)
        return head

    def _drawn(self, result: Result) -> dict[str, Any]:
        drawn: dict[str, Any] = {
            "id": str(result.room_id) if result.room_id else None,
            "name": result.name,
            "outcome": result.outcome.value,
            "version": result.version,
        }
        if result.line is not None:
            drawn["line"] = result.line
        if result.changes:
            drawn["changes"] = result.changes
        if result.is_live:
            drawn["live"] = True
        if result.refusal:
            drawn["errors"] = faults_of(result.refusal, self._base_url)
        return drawn

    @cached_property
    def _base_url(self) -> str:
        return base_url(self.request)


def _key(request: Request) -> str:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        rule = f"must be at most {LONGEST_KEY} printable characters of ASCII"
        error = fault("Idempotency-Key", "invalid_parameter", rule, key)
        raise ValidationError({"Idempotency-Key": error})
    return key


def _pieces(head: dict[str, Any], spool: IO[str]) -> Iterator[str]:
    with spool:
        spool.seek(0)
        yield json.dumps(head)[:-1] + ', "results": ['
        while piece := spool.read(64 * 1024):
            yield piece
        yield "]}"


def _answered(status: int, answer: Iterator[str] | str) -> HttpResponseBase:
    kind = HttpResponse if isinstance(answer, str) else StreamingHttpResponse
    return kind(answer, status=status, content_type="application/json")
