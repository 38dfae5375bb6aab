"""The workloads: each has a name and an endless sequence of requests."""

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.tools.bench.bodies import (
    PASSES,
    all_fields,
    invalid_fields,
    new_name,
    no_change,
    one_field,
)

ROOMS = "/api/video/rooms"
JSON = {"Content-Type": "application/json"}
# A text in a list with rooms, and one in an empty list.
ANY_ROOM, NO_ROOM = '"name":"', '"data":[]'
COMPLETE_PAGE = "</html>"
# A filter, a text that the response must contain, and a text that it must not contain.
FILTERED = (
    ("status=scheduled", ANY_ROOM, ""),
    ("status=open", ANY_ROOM, ""),
    ("status=closed", ANY_ROOM, ""),
    ("live=true", ANY_ROOM, ""),
    ("quality=1080p", ANY_ROOM, '"quality":"720p"'),
    ("record_on_start=true", ANY_ROOM, '"record_on_start":false'),
    # These match few rooms, one in seven, and none.
    ("search=kestrel", "Kestrel", ""),
    ("search=berlin", "-berlin-", "-vienna-"),
    ("search=berlin+lesson", "lesson-berlin-", "-vienna-"),
    ("search=nowhere", NO_ROOM, ""),
)


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    # The expected response: its status, its JSON, a text that it contains, a text that it does not
    # contain, and its number of CSV rows.
    statuses: tuple[int, ...] = (200,)
    expected: dict[str, Any] = field(default_factory=dict)
    contains: str = ""
    excludes: str = ""
    lines: int | None = None
    # The number of rooms that this request changes.
    changes: int = 0

    def encoded(self, headers):
        body = (self.body or "").encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in {**headers, **self.headers}.items()]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode() + body

    def check(self, response):
        """Raise RuntimeError unless this is the expected response."""
        if response.status not in self.statuses or not self._has_expected_content(response):
            text = response.body[:500].decode(errors="replace")
            raise RuntimeError(f"{self.method} {self.path}: {response.status}\n{text}")

    def _has_expected_content(self, response):
        text = response.body
        if self.contains.encode() not in text or (self.excludes and self.excludes.encode() in text):
            return False
        if self.lines is not None:
            return self.lines == sum(1 for _ in csv.reader(io.StringIO(text.decode())))
        return not self.expected or self.expected.items() <= json.loads(text).items()


@dataclass(frozen=True)
class Workload:
    """One use of the server by users or API clients; `requests` never ends."""

    name: str
    requests: Iterator[Request]
    # The rooms that it requests by id: afterwards their changes are compared with the requests.
    rooms: Sequence[str] = ()


def pages(rows):
    """Yield the workloads of a signed-in user."""
    for name, path in (
        ("staff list", "/"),
        ("/now", "/now"),
        ("/week", "/week"),
        ("staff list, 1,000th page", f"/?ordering=-created_at&page=PA{rows.before_deep_page}"),
        *((f"staff list, {filtered}", f"/?{filtered}") for filtered, *_ in FILTERED),
        ("staff list, one small project", f"/?project={rows.small_project}"),
        ("staff list, one large project", f"/?project={rows.project}"),
        ("staff list, newest first", "/?ordering=-created_at"),
        ("staff list, opens latest", "/?ordering=-join_from"),
        ("/history", "/history"),
    ):
        yield Workload(name, itertools.cycle([Request(path, contains=COMPLETE_PAGE)]))
    # A page takes as long as twenty API calls, so use fewer rooms.
    few = rows.room_ids[:32]
    yield each("page of a room", few, "/rooms/{}")
    yield each("history of a room", few, "/rooms/{}/history")


def api(rows):
    """Yield the workloads of an API client."""
    yield puts("PUT of one field", rows.room_ids, one_field)
    yield puts("PUT of the display name", rows.room_ids, new_name)
    yield puts("PUT of all fields", rows.room_ids, all_fields)
    yield puts("PUT that changes nothing", rows.room_ids, no_change, changes=0)
    yield puts("PUT that is refused", rows.room_ids, invalid_fields, changes=0, status=422)
    yield each("GET", rows.room_ids, f"{ROOMS}/{{}}")
    yield from lists(rows)


def lists(rows):
    """Yield the lists that an API client requests."""
    deep = f"{ROOMS}?page_number=1&page_token=PA{rows.before_deep_page}"
    yield always("GET list, first page", Request(ROOMS, contains=ANY_ROOM))
    yield always("GET list, 1,000th page", Request(deep, contains=ANY_ROOM))
    for filtered, contains, excludes in FILTERED:
        request = Request(f"{ROOMS}?{filtered}", contains=contains, excludes=excludes)
        yield always(f"GET list, {filtered}", request)


def always(name, request):
    return Workload(name, itertools.cycle([request]))


def each(name, rooms, path, **expectations):
    """Return the workload that requests one room after the other; the response contains its id."""
    requests = [Request(path.format(room), contains=room, **expectations) for room in rooms]
    return Workload(name, itertools.cycle(requests), rooms)


def puts(name, rooms, body_of, *, path=f"{ROOMS}/{{}}", method="PUT", changes=1, status=200):
    """Return the workload that sends a body to each room, and a new one in each pass."""

    def requests():
        for number in itertools.count():
            body = body_of(number, next(PASSES))
            expected = body if status == 200 else {}
            text, checks = json.dumps(body), {"expected": expected, "changes": changes}
            for room in rooms:
                yield Request(path.format(room), method, text, JSON, (status,), **checks)

    return Workload(name, requests(), rooms)
