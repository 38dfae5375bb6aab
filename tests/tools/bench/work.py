"""What is asked of a server: each piece of work is a name and its requests, taken in turn."""

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.tools.bench.bodies import PASSES, all_fields, no_field, one_field, too_much

ROOMS = "/api/video/rooms"
JSON = {"Content-Type": "application/json"}
# In a list that has rooms, and in one that has none.
SOME, NONE = '"name":"', '"data":[]'
WHOLE = "</html>"
# What a list is narrowed by, what the answer must have, and what must not be there.
FILTERED = (
    ("status=scheduled", SOME, ""),
    ("status=open", SOME, ""),
    ("status=closed", SOME, ""),
    ("live=true", SOME, ""),
    ("quality=1080p", SOME, '"quality":"720p"'),
    ("record_on_start=true", SOME, '"record_on_start":false'),
    # Found in few rooms, in one of seven, in none.
    ("search=kestrel", "Kestrel", ""),
    ("search=berlin", "-berlin-", "-vienna-"),
    ("search=nowhere", NONE, ""),
)


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    # What the answer must be: its status, what its JSON says, a text in it and one that is not,
    # how many lines of CSV.
    statuses: tuple[int, ...] = (200,)
    expected: dict[str, Any] = field(default_factory=dict)
    holds: str = ""
    lacks: str = ""
    lines: int | None = None
    # How many rooms move on by it.
    moves: int = 0

    def encoded(self, headers):
        body = (self.body or "").encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in {**headers, **self.headers}.items()]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode() + body

    def check(self, answer):
        """Raise RuntimeError unless the answer is the one that this request is to get."""
        if answer.status not in self.statuses or not self._is_said(answer):
            text = answer.body[:500].decode(errors="replace")
            raise RuntimeError(f"{self.method} {self.path}: {answer.status}\n{text}")

    def _is_said(self, answer):
        text = answer.body
        if self.holds.encode() not in text or (self.lacks and self.lacks.encode() in text):
            return False
        if self.lines is not None:
            return self.lines == sum(1 for _ in csv.reader(io.StringIO(text.decode())))
        return not self.expected or self.expected.items() <= json.loads(text).items()


@dataclass(frozen=True)
class Work:
    """One thing that people or programs do; `requests` never ends."""

    name: str
    requests: Iterator[Request]
    # The rooms that it asks for by id: what they were changed by is compared with what was sent.
    rooms: Sequence[str] = ()


def pages(rows):
    """Return what a signed-in person looks at."""
    for name, path in (
        ("the list", "/"),
        ("what is live and comes (/now)", "/now"),
        ("the list, 1,000th page", f"/?page=PA{rows.middle}"),
        *((f"the list, {filtered}", f"/?{filtered}") for filtered, *_ in FILTERED),
        ("the list, one small project", f"/?project={rows.small_project}"),
        ("the list, one large project", f"/?project={rows.project}"),
        ("the list, A to Z", "/?ordering=display_name"),
        ("the list, opens latest", "/?ordering=-join_from"),
        ("the history (/history)", "/history"),
    ):
        yield Work(name, itertools.cycle([Request(path, holds=WHOLE)]))
    # A page takes as long as twenty calls: of fewer rooms.
    few = rows.room_ids[:32]
    yield each("a room's page", few, "/rooms/{}")
    yield each("a room's history", few, "/rooms/{}/history")


def api(rows):
    """Return what a program calls."""
    yield puts("PUT of one field", rows.room_ids, one_field)
    yield puts("PUT of all fields", rows.room_ids, all_fields)
    yield puts("PUT that changes nothing", rows.room_ids, no_field, moves=0)
    yield puts("PUT that is refused", rows.room_ids, too_much, moves=0, status=422)
    yield each("GET", rows.room_ids, f"{ROOMS}/{{}}")
    yield from lists(rows)


def lists(rows):
    """Return what a program asks for in pages."""
    deep = f"{ROOMS}?page_number=1&page_token=PA{rows.middle}"
    yield always("GET list, first page", Request(ROOMS, holds=SOME))
    yield always("GET list, 1,000th page", Request(deep, holds=SOME))
    for filtered, holds, lacks in FILTERED:
        request = Request(f"{ROOMS}?{filtered}", holds=holds, lacks=lacks)
        yield always(f"GET list, {filtered}", request)


def always(name, request):
    return Work(name, itertools.cycle([request]))


def each(name, rooms, path, **more):
    """Return the work of asking for one room after the other; the answer names the room."""
    asked = [Request(path.format(room), holds=room, **more) for room in rooms]
    return Work(name, itertools.cycle(asked), rooms)


def puts(name, rooms, body_of, *, path=f"{ROOMS}/{{}}", method="PUT", moves=1, status=200):
    """Return the work of sending one room after the other a body, each time round the next one."""

    def requests():
        for number in itertools.count():
            body = body_of(number, next(PASSES))
            expected = body if status == 200 else {}
            text, more = json.dumps(body), {"expected": expected, "moves": moves}
            for room in rooms:
                yield Request(path.format(room), method, text, JSON, (status,), **more)

    return Work(name, requests(), rooms)
