"""Ten thousand rooms in one call: changed, exported, imported; beside two set-based statements."""

import csv
import io
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from statistics import median

import psycopg

from tests.bench import results
from tests.bench.contenders import log_statements
from tests.bench.memory import forget_peak, peak_mb
from tests.bench.results import row
from tests.bench.rounds import Entrant, Load, Times, count_of, measure, recorded
from tests.bench.work import JSON, ROOMS, Request, Work

ROOMS_AT_ONCE, FEWER = 10_000, 1_000
COLUMNS = ("", "seconds", "of rounds", "server CPU s", "database CPU s", "SQL")
COLUMNS += (f"peak MB at {FEWER:,}", "peak MB", "beside two statements")
BULK, EXPORT, IMPORT = "bulk change", "CSV export", "CSV import"
CHANGE = """
UPDATE rooms_room SET max_members = %(value)s, version = version + 1, updated_at = now()
WHERE id = ANY(%(ids)s)
"""
RECORD = """
INSERT INTO rooms_roomchange (at, project_id, room_id, room_name, version, action, changes,
    author_kind, author_id, author_name, door, request_id)
SELECT updated_at, project_id, id, name, version, 'changed',
    jsonb_build_object('max_members', jsonb_build_array(max_members, max_members)),
    'token', '1', 'bench', 'bulk', '' FROM rooms_room WHERE id = ANY(%(ids)s)
"""


@dataclass(frozen=True)
class Call:
    """A call for so many rooms; `requests` makes its requests for that side and so many."""

    name: str
    side: object
    requests: Callable
    rooms: int

    def entrant(self, rooms):
        work = Work(self.name, self.requests(self.side, rooms))
        return Entrant(self.side, work, self.side.as_program)


@dataclass
class Found:
    """What one call for so many rooms took, and what two statements took for the same."""

    name: str
    times: Times
    peaks: tuple[float, float]
    statements: int | str = ""
    beside: list[float] = field(default_factory=list)

    def ratios(self):
        walls = self.times.walls
        return [ours / theirs for ours, theirs in zip(walls, self.beside, strict=False)]

    @property
    def ratio(self):
        return median(self.ratios())

    def line(self):
        walls, times = self.times.walls, self.times
        return row(
            *(self.name, f"{median(walls):.2f}", f"{min(walls):.2f} to {max(walls):.2f}"),
            *(f"{seconds / len(walls):.2f}" for seconds in (times.server, times.database)),
            str(self.statements),
            *(f"{peak:.0f}" for peak in self.peaks),
            f"{self.ratio:.2f} x" if self.beside else "",
        )

    def short_line(self):
        beside = f"{self.ratio:5.2f}" if self.beside else "     "
        fewer, peak = self.peaks
        return f"{beside}  {self.name}; its peak is {peak / fewer:.2f} of that of {FEWER:,}"


def run(asked, sides, database):
    """Measure each call on the many rooms, and print it."""
    side = sides[-1]
    rooms = min(ROOMS_AT_ONCE, len(_versions(side, ROOMS_AT_ONCE)))
    print(f"\n## {rooms:,} of {side.name} in one call\n")
    if not asked.quick:
        print(results.head(COLUMNS))
    found = []
    for name, requests in ((BULK, _bulks), (EXPORT, _exports), (IMPORT, _imports)):
        if asked.only in name:
            found.append(_one(asked, database, Call(name, side, requests, rooms)))
            print(found[-1].short_line() if asked.quick else found[-1].line(), flush=True)
    return found


def _one(asked, database, call):
    fewer = _peak_of(call.entrant(min(FEWER, call.rooms)), database)
    entrant, side = call.entrant(call.rooms), call.side
    times, beside = Times(), []
    forget_peak(side.server.process.pid)
    for _ in range(asked.rounds):
        _add(times, measure([entrant], database, Load(1), 1, warm=False)[0])
        if call.name == BULK:
            beside.append(_two_statements(side, call.rooms))
    found = Found(call.name, times, (fewer, peak_mb(side.server.process.pid)), "", beside)
    if not asked.quick:
        with log_statements(database):
            found.statements = count_of(recorded(entrant, database.log))
    return found


def _peak_of(entrant, database):
    forget_peak(entrant.side.server.process.pid)
    measure([entrant], database, Load(1), 2)
    return peak_mb(entrant.side.server.process.pid)


def _add(times, more):
    times.rounds += more.rounds
    times.walls += more.walls
    times.server += more.server
    times.database += more.database


def _bulks(side, rooms):
    ids = [str(id_) for id_, _ in _versions(side, rooms)]
    for value in itertools.count():
        change = {"set": {"max_members": 101 + value % 100}}
        body = json.dumps({"select": {"ids": ids}, "change": change})
        yield Request(f"{ROOMS}/bulk", "POST", body, JSON, expected={"applied": True})


def _imports(side, rooms):
    for value in itertools.count():
        text = io.StringIO()
        file = csv.writer(text)
        file.writerow(("id", "version", "max_members"))
        file.writerows((*one, 201 + value % 99) for one in _versions(side, rooms))
        headers = {"Content-Type": "text/csv"}
        body = text.getvalue()
        yield Request(f"{ROOMS}/bulk", "POST", body, headers, expected={"applied": True})


def _exports(side, rooms):
    since = _opens_after(side, rooms)
    return itertools.cycle(
        [Request(f"{ROOMS}?starts_after={since}", headers={"Accept": "text/csv"})]
    )


def _opens_after(side, rooms):
    """Return the moment after which so many rooms open, or all that there are."""
    with psycopg.connect(side.url) as connection:
        found = connection.execute(
            "SELECT min(opens) FROM (SELECT join_from AS opens FROM rooms_room"
            " WHERE project_id = %s AND join_from IS NOT NULL ORDER BY 1 DESC LIMIT %s) AS latest",
            (side.rows.project, rooms),
        ).fetchone()
    return found[0].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _versions(side, rooms):
    with psycopg.connect(side.url) as connection:
        return connection.execute(
            "SELECT id, version FROM rooms_room WHERE project_id = %s ORDER BY id LIMIT %s",
            (side.rows.project, rooms),
        ).fetchall()


def _two_statements(side, rooms):
    """Change as many rooms by two statements in one transaction; return the seconds."""
    ids = [id_ for id_, _ in _versions(side, rooms)]
    with psycopg.connect(side.url) as connection:
        began = time.perf_counter()
        for statement in (CHANGE, RECORD):
            connection.execute(statement, {"ids": ids, "value": int(began) % 100 + 1})
        connection.commit()
        return time.perf_counter() - began
