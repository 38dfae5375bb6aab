"""The changes that a filter of the history finds, as a CSV file."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.http.long_calls import long_page
from access.http.view_attributes import reads_replica
from access.staff.decorators import staff_page
from access.values.timestamps import format_timestamp
from rooms.bulk.csv_cells import csv_parts, safe
from rooms.display.values import in_order
from rooms.models.history import RoomChange
from rooms.pages.history.filters import HistoryFilter
from rooms.pages.history.rows import display_name, visible_changes, with_names

AT_ONCE = 500
ROOM_COLUMNS = ("project_id", "room_id", "room_name")
CHANGE_COLUMNS = ("version", "action", "author_kind", "author_name", "channel")
ID_COLUMNS = ("request_id", "bulk_id")
COLUMNS = ("at", *ROOM_COLUMNS, "display_name", *CHANGE_COLUMNS, *ID_COLUMNS)


@reads_replica
@staff_page("rooms.view_roomchange")
@require_safe
@long_page("GET")
def export_history(request: HttpRequest) -> HttpResponseBase:
    """Send a line for each changed field; an invalid filter leads back to the page."""
    found = HistoryFilter(request.GET, visible_changes(request), request=request)
    if not found.form.is_valid():
        return HttpResponseRedirect(f"{reverse('history')}?{request.GET.urlencode()}")
    batches = _batches(with_names(found.qs))
    lines = csv_parts(
        (*COLUMNS, "field", "before", "after"),
        ((row for change in changes for row in _rows(change)) for changes in batches),
    )
    headers = {"Content-Disposition": 'attachment; filename="history.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _batches(changes: QuerySet[RoomChange]) -> Iterator[list[RoomChange]]:
    """Yield all changes, newest first; each statement reads the next, so no cursor stays open."""
    rows = list(changes[:AT_ONCE])
    while rows:
        yield rows
        rows = list(changes.filter(pk__lt=rows[-1].pk)[:AT_ONCE])


def _rows(change: Any) -> Iterator[list[str]]:
    own = {"at": format_timestamp(change.at), "display_name": display_name(change)}
    cells = [_cell(own.get(name) or getattr(change, name)) for name in COLUMNS]
    for name in in_order(change.changes):
        yield [*cells, *(_cell(value) for value in (name, *change.changes[name]))]


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool | dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return safe(str(value))
