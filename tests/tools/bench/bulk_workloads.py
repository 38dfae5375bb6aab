"""The workloads for ten thousand rooms, and the two statements for comparison."""

import csv
import io
import itertools
import json
import time
from dataclasses import dataclass
from datetime import UTC

import psycopg

from tests.tools.bench.bodies import PASSES
from tests.tools.bench.rounds import COUNTS
from tests.tools.bench.workloads import JSON, ROOMS, Request, Workload

CHANGE = """
UPDATE rooms_room SET max_members = %(value)s, version = version + 1, updated_at = now()
WHERE id = ANY(%(ids)s)
"""
HISTORY = """
INSERT INTO rooms_roomchange (at, project_id, room_id, room_name, version, action, changes,
    author_kind, author_id, author_name, door, request_id)
SELECT updated_at, project_id, id, name, version, 'changed',
    jsonb_build_object('max_members', jsonb_build_array(max_members, max_members)),
    'token', '1', 'bench', 'bulk', '' FROM rooms_room WHERE id = ANY(%(ids)s)
"""


@dataclass
class TwoStatements:
    """The same change and its history by two set-based statements in one transaction."""

    side: object
    ids: list[str]
    name = "two statements"
    pid = None
    changes: int = 0

    def run(self, load):
        """Change all rooms once; return the same as rounds.Participant.run."""
        values = {"ids": self.ids, "value": 1 + next(PASSES) % 100}
        with psycopg.connect(self.side.url) as connection:
            start = time.perf_counter()
            for statement in (CHANGE, HISTORY):
                self._check(connection.execute(statement, values).rowcount)
            connection.commit()
            seconds = time.perf_counter() - start
        self.changes += len(self.ids)
        return [seconds], seconds, set()

    def warm_up(self, load):
        self.run(load)

    def surplus(self):
        with psycopg.connect(self.side.url) as connection:
            counts = connection.execute(COUNTS, {"rooms": self.ids}).fetchone()
        return [number - self.changes for number in counts]

    def _check(self, count):
        if count != len(self.ids):
            raise RuntimeError(f"{count} of {len(self.ids)} rooms changed; expected all.")


def bulks(name, side, ids):
    """Return the workload that changes one setting of all these rooms."""
    texts = [str(id_) for id_ in ids]

    def requests():
        while True:
            change = {"set": {"max_members": 101 + next(PASSES) % 100}}
            body = json.dumps({"select": {"ids": texts}, "change": change})
            yield _post(body, JSON, len(ids))

    return Workload(name, requests(), texts)


def imports(name, side, ids):
    """Return the workload that imports a file with one row for each of these rooms."""

    def requests():
        while True:
            text = io.StringIO()
            file = csv.writer(text)
            file.writerow(("id", "version", "max_members"))
            members = 201 + next(PASSES) % 99
            file.writerows((*one, members) for one in versions(side, len(ids)))
            yield _post(text.getvalue(), {"Content-Type": "text/csv"}, len(ids))

    return Workload(name, requests(), [str(id_) for id_ in ids])


def exports(name, side, ids):
    """Return the workload that exports about the same number of rooms: those that open last."""
    since, count = _last_to_open(side, len(ids))
    request = Request(
        f"{ROOMS}?starts_after={since:%Y-%m-%dT%H:%M:%SZ}",
        headers={"Accept": "text/csv"},
        lines=count + 1,
    )
    return Workload(name, itertools.cycle([request]))


def versions(side, rooms):
    """Return the id and version of the oldest `rooms` rooms of the first project."""
    with psycopg.connect(side.url) as connection:
        return connection.execute(
            "SELECT id, version FROM rooms_room WHERE project_id = %s ORDER BY id LIMIT %s",
            (side.rows.project, rooms),
        ).fetchall()


def _post(body, headers, changes):
    expected = {
        "applied": True,
        "counts": {"created": 0, "changed": changes, "unchanged": 0, "refused": 0},
    }
    return Request(f"{ROOMS}/bulk", "POST", body, headers, expected=expected, changes=changes)


def _last_to_open(side, rooms):
    """Return a time, and how many rooms open at this time or later: at least `rooms`."""
    with psycopg.connect(side.url) as connection:
        since, count = connection.execute(
            "SELECT min(join_from), count(*) FROM (SELECT join_from FROM rooms_room"
            " WHERE project_id = %s AND join_from IS NOT NULL"
            " ORDER BY join_from DESC FETCH FIRST %s ROWS WITH TIES) AS latest",
            (side.rows.project, rooms),
        ).fetchone()
    return since.astimezone(UTC), count
