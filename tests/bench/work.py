"""What is asked of a server: each piece of work is a name and its requests, taken in turn."""

import itertools
import json
from dataclasses import dataclass, field

ROOMS = "/api/video/rooms"


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One thing that people or programs do; `requests` never ends."""

    name: str
    requests: itertools.cycle


def pages(rows):
    """Return what a signed-in person looks at."""
    for name, path in (
        ("the list", "/"),
        ("what is live and comes (/now)", "/now"),
        ("the list, a page deep in", f"/?page=PA{rows.middle}"),
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
    yield Work("PUT of one field", _puts(rows, "max_members", itertools.cycle((11, 12, 13))))
    yield Work("PUT that changes nothing", _puts(rows, "audio_video_sync", (False,)))
    yield Work("GET", _each(rows, f"{ROOMS}/{{}}"))
    for name, path in (
        ("GET list", ROOMS),
        ("GET list, a page deep in", f"{ROOMS}?page_number=1&page_token=PA{rows.middle}"),
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


def _puts(rows, name, values):
    """Yield a PUT for one room after the other, each time round with the next value."""
    for value in itertools.cycle(values):
        for room in rows.room_ids:
            yield Request(
                f"{ROOMS}/{room}",
                "PUT",
                json.dumps({name: value}),
                {"Content-Type": "application/json"},
            )
