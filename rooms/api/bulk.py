"""Bulk changes over HTTP: a selection with one change, a CSV file, or a revert."""

import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import IO, Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from uuid_utils.compat import uuid7

from access.api.idempotency import key_of, refusing_keys, request_digest
from access.api.parsers import StrictJsonParser
from access.api.views import body_of
from access.http.body_limits import file_limit
from access.http.errors import ApiError, base_url, faults_of
from access.http.long_calls import long_call
from access.http.view_attributes import body_limit
from access.idempotent_calls import answer_once, begin_call
from access.values.identifiers import is_uuid
from rooms.api.base import RoomView
from rooms.api.examples import BULK_ID, FILE_OPTIONS, MANY_CHANGED, ROWS, SHIFT
from rooms.api.history import read_override
from rooms.api.schema import BULK_CHANGE, BULK_RESULT, BULK_REVERT, CSV_IN
from rooms.api.serializers import RoomSerializer
from rooms.bulk import csv_files, requests
from rooms.bulk.engine import Bulk, Mode, Result, RowOutcome, Summary

# Results with more bytes than this are kept on disk, not in memory.
IN_MEMORY = 1024 * 1024


class CsvFile(bytes):
    """The body of a request with Content-Type text/csv."""


class CsvParser(BaseParser):
    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return CsvFile(stream.read())


class BulkViewSet(RoomView):
    serializer_class = RoomSerializer
    reads_replica = True
    parser_classes = [StrictJsonParser, CsvParser]
    query_parameters: ClassVar = {"create": FILE_OPTIONS}

    @extend_schema(exclude=True)
    def retrieve(self, request: Request) -> HttpResponseBase:
        """Get the room with the name bulk."""
        return self.show_room("bulk")

    @body_limit(file_limit)
    @extend_schema(
        operation_id="change_rooms",
        request={"application/json": BULK_CHANGE, "text/csv": CSV_IN},
        responses={200: BULK_RESULT},
        examples=[SHIFT, ROWS, MANY_CHANGED],
    )
    @long_call
    def create(self, request: Request) -> HttpResponseBase:
        """Change many rooms: all or none, or only the valid ones.

        A JSON body has a selection of rooms and one change for all of them. A CSV file has one
        row per room, each with its own values.
        """
        sent = body_of(request)
        if self.token.project.requires_if_match and not isinstance(sent, CsvFile):
            raise ApiError(
                428, "This project requires versions: send a CSV file with the column version."
            )
        try:
            asked = self._asked(sent)
        except csv_files.InvalidCsv as wrong:
            error = ValidationError(str(wrong), code="invalid_parameter")
            raise ValidationError({"file": error}) from None
        return self._once(asked)

    def answer_once(self, key: str, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        # A bulk change may have several transactions, so _once() stores its key.
        return act()

    @extend_schema(
        operation_id="revert_bulk_change",
        parameters=[BULK_ID],
        request={"application/json": BULK_REVERT},
        responses={200: BULK_RESULT},
        examples=[MANY_CHANGED],
    )
    @long_call
    def revert(self, request: Request, bulk: str) -> HttpResponseBase:
        """Revert a bulk change in all its rooms."""
        if not is_uuid(bulk):
            raise Http404
        sent = self.read_options("mode", "override")
        mode = requests.read_mode(sent.get("mode", Mode.ALL.value))
        asked = requests.to_revert(
            UUID(bulk),
            self.rooms.all(),
            self.token.project_id,
            mode=mode,
            override=read_override(sent),
        )
        if asked is None:
            raise Http404
        return self._once(asked)

    def _asked(self, sent: Any) -> requests.BulkRequest:
        query = self.request.query_params
        if isinstance(sent, CsvFile):
            return requests.from_file(sent, query, self.rooms.all(), self.token.project)
        return requests.from_json(sent, query, self.rooms.all())

    def _once(self, asked: requests.BulkRequest) -> HttpResponseBase:
        key = key_of(self.request)
        if self.is_dry_run or not key:
            return _response(*self._run(asked, uuid7(), is_new=True))
        digest = request_digest(self.request)
        with refusing_keys():
            call = begin_call(self.token.project_id, key, digest)

        def act() -> tuple[int, str]:
            status, answer = self._run(asked, call.id)
            return status, "".join(answer)

        return _response(*answer_once(call, act))

    def _run(
        self, asked: requests.BulkRequest, bulk_id: UUID, *, is_new: bool = False
    ) -> tuple[int, Iterator[str] | str]:
        """Run the bulk request; return its status and body, streamed if large."""
        author = self.author(asked.channel)
        bulk = Bulk(asked.rooms, author, bulk_id, asked.mode, self.is_dry_run, is_new)
        # Closed after the last piece is sent.
        spool = tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115

        separators = chain([""], repeat(","))

        def report(result: Result) -> None:
            spool.write(next(separators) + json.dumps(self._row(result)))

        try:
            summary = bulk.run(asked.stages(bulk), report)
        except BaseException:
            spool.close()
            raise
        refused = asked.mode == Mode.ALL and summary.counts[RowOutcome.REFUSED] > 0
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
                f"{number} of {total} rooms are refused, so no room was changed: see results.",
                code="invalid_parameter",
            )
            head["errors"] = faults_of(ValidationError({"rooms": error}), self._base_url)
        return head

    def _row(self, result: Result) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": str(result.room_id) if result.room_id else None,
            "name": result.name,
            "outcome": result.outcome.value,
            "version": result.version,
        }
        if result.line is not None:
            row["line"] = result.line
        if result.changes:
            row["changes"] = result.changes
        if result.is_live:
            row["live"] = True
        if result.refusal:
            row["errors"] = faults_of(result.refusal, self._base_url)
        return row

    @cached_property
    def _base_url(self) -> str:
        return base_url(self.request)


def _pieces(head: dict[str, Any], spool: IO[str]) -> Iterator[str]:
    with spool:
        spool.seek(0)
        yield json.dumps(head)[:-1] + ', "results": ['
        while piece := spool.read(64 * 1024):
            yield piece
        yield "]}"


def _response(status: int, answer: Iterator[str] | str) -> HttpResponseBase:
    kind = HttpResponse if isinstance(answer, str) else StreamingHttpResponse
    return kind(answer, status=status, content_type="application/json")
