"""What is asked of a server: each piece of work is a name and its requests, taken in turn."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ROOMS = "/api/video/rooms"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    # What the answer must be: its status, what its JSON says, and whether the room moved on.
    statuses: tuple[int, ...] = (200,)
    expected: dict[str, Any] = field(default_factory=dict)
    moves: bool = False

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
        return not self.expected or self.expected.items() <= json.loads(answer.body).items()


@dataclass(frozen=True)
class Work:
    """One thing that people or programs do; `requests` never ends."""

    name: str
    requests: Iterator[Request]


def pages(rows):
    """Return what a signed-in person looks at."""
    for name, path in (
        ("the list", "/"),
        ("what is live and comes (/now)", "/now"),
        ("the list, 1,000th page", f"/?page=PA{rows.middle}"),
        *_filtered("the list, {}", "/"),
        ("the list, one small project", f"/?project={rows.small_project}"),
        ("the list, one large project", f"/?project={rows.project}"),
        ("the list, A to Z", "/?ordering=display_name"),
        ("the list, opens latest", "/?ordering=-join_from"),
        ("the history (/history)", "/history"),
    ):
        yield Work(name, itertools.cycle([Request(path)]))
    yield Work("a room's page", _each(rows, "/rooms/{}"))
    yield Work("a room's history", _each(rows, "/rooms/{}/history"))


def api(rows):
    """Return what a program calls."""
    yield Work("PUT of one field", puts(rows))
    yield Work("PUT that changes nothing", puts(rows, [{"audio_video_sync": False}], moves=False))
    yield Work("GET", _each(rows, f"{ROOMS}/{{}}"))
    for name, path in (
        ("GET list, first page", ROOMS),
        ("GET list, 1,000th page", f"{ROOMS}?page_number=1&page_token=PA{rows.middle}"),
        *_filtered("GET list, {}", ROOMS),
    ):
        yield Work(name, itertools.cycle([Request(path)]))


def _filtered(name, path):
    for filtered in (
        *("status=scheduled", "status=open", "status=closed"),
        *("live=true", "quality=1080p", "record_on_start=true"),
        # Found in few rooms, in one of seven, in none.
        *("search=kestrel", "search=berlin", "search=nowhere"),
    ):
        yield name.format(filtered), f"{path}?{filtered}"


def _each(rows, path):
    return itertools.cycle([Request(path.format(room)) for room in rows.room_ids])


ONE_FIELD = tuple({"max_members": number} for number in range(11, 18))


def puts(
    rows, bodies=ONE_FIELD, *, path=f"{ROOMS}/{{}}", method="PUT", moves=True, statuses=(200,)
):
    """Yield a PUT for one room after the other, each time round with the next body."""
    for body in itertools.cycle(bodies):
        expected = body if statuses == (200,) else {}
        for room in rows.room_ids:
            yield Request(
                path.format(room), method, json.dumps(body), JSON, statuses, expected, moves
            )
