"""Ours, the tutorial's way and the same by hand, asked the same in turns (A B C A B C)."""

import itertools
import time
from dataclasses import dataclass, field
from statistics import median

from tests.bench.crowd import ETAG, Call, Crowd, built
from tests.bench.rounds import processor_time

ROOMS = "/api/video/rooms"
CONNECTIONS = (16, 1)
EVERYTHING = {
    "description": "All of it.",
    "quality": "1080p",
    "join_from": "2030-01-01T10:00:00Z",
    "join_until": "2030-01-02T10:00:00Z",
    "remove_at": "2030-01-03T10:00:00Z",
    "remove_after_seconds_elapsed": 3600,
    "layout": "2x2",
    "record_on_start": True,
    "enable_room_previews": True,
}


@dataclass
class Found:
    """What a rival took for one kind of call."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    server: float = 0.0
    database: float = 0.0

    @property
    def rate(self):
        """Answers a second: the median of the rounds."""
        return median(self.rates)

    def at(self, percent):
        ordered = sorted(self.seconds)
        return ordered[(len(ordered) * percent + 99) // 100 - 1] * 1000

    @property
    def server_ms(self):
        return self.server * 1000 / len(self.seconds)

    @property
    def database_ms(self):
        return self.database * 1000 / len(self.seconds)


def kinds():
    """Return the kinds of call: a name, and what makes a rival's endless calls."""
    return {
        "PUT of one field": _puts(lambda turn: {"max_members": 11 + turn % 200}),
        "PUT of all fields": _puts(
            lambda turn: {**EVERYTHING, "display_name": f"Turn {turn}", "max_members": 5}
        ),
        "PUT that changes nothing": _calls("PUT", body={"audio_video_sync": False}),
        "PUT that is refused": _refused,
        "GET": _calls("GET"),
        "GET, nothing new (If-None-Match)": _unchanged,
        "GET list, first page": _list,
    }


def _puts(values_at):
    def calls(rival):
        for turn in itertools.count():
            values = values_at(turn)
            for room in rival.rows.room_ids:
                moves = "" if rival.name == "stock" else room
                raw = built("PUT", f"{ROOMS}/{room}", rival.headers, values)
                # The times are drawn differently by each; what is no time must come back.
                says = tuple(
                    (n, v) for n, v in values.items() if "_at" not in n and "join" not in n
                )
                yield Call(raw, says=says, moves=moves)

    return calls


def _calls(method, body=None):
    def calls(rival):
        while True:
            for room in rival.rows.room_ids:
                raw = built(method, f"{ROOMS}/{room}", rival.headers, body)
                yield Call(raw, says=(("id", room),))

    return calls


def _refused(rival):
    status = 400 if rival.name == "stock" else 422
    while True:
        for room in rival.rows.room_ids:
            raw = built("PUT", f"{ROOMS}/{room}", rival.headers, {"max_members": 0})
            yield Call(raw, status)


def _unchanged(rival):
    """A caller who has the room: the tutorial's way knows no ETag and sends it again."""
    tags = _tags(rival)
    while True:
        for room, tag in tags.items():
            headers = (*rival.headers, *((("If-None-Match", tag),) if tag else ()))
            yield Call(built("GET", f"{ROOMS}/{room}", headers), 304 if tag else 200)


def _tags(rival):
    rooms = rival.rows.room_ids
    calls = [Call(built("GET", f"{ROOMS}/{room}", rival.headers)) for room in rooms]
    found = {a.call: ETAG.search(a.raw) for a in Crowd(rival.host, rival.port, 1).send(calls)}
    return {
        r: f'"{t[1].decode()}"' if (t := found[c]) else ""
        for r, c in zip(rooms, calls, strict=True)
    }


def _list(rival):
    while True:
        yield Call(built("GET", ROOMS, rival.headers))


def compare(rivals, database, calls_of, *, connections, rounds, requests):
    """Return what each rival took for one kind of call, over so many connections."""
    found = [Found() for _ in rivals]
    calls = [calls_of(rival) for rival in rivals]
    crowds = [Crowd(rival.host, rival.port, connections) for rival in rivals]
    versions = [{} for _ in rivals]
    sides = list(zip(rivals, crowds, calls, versions, found, strict=True))
    for number in range(-1, rounds):
        for rival, crowd, endless, seen, one in sides if number % 2 else reversed(sides):
            # The first round warms up, and is forgotten.
            kept = one if number >= 0 else Found()
            some = list(itertools.islice(endless, requests))
            _judge(_round(rival, crowd, some, kept, database), seen)
    return found


def _round(rival, crowd, calls, found, database):
    before = processor_time(rival.pid), processor_time(database)
    began = time.perf_counter()
    answers = crowd.send(calls)
    found.rates.append(len(answers) / (time.perf_counter() - began))
    found.server += processor_time(rival.pid) - before[0]
    found.database += processor_time(database) - before[1]
    found.seconds += [answer.seconds for answer in answers]
    return answers


def _judge(answers, versions):
    for answer in answers:
        answer.judge(versions)
