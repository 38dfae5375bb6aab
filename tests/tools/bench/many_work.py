"""The calls for ten thousand rooms, and the two statements beside them."""

import csv
import io
import itertools
import json
import time
from dataclasses import dataclass
from datetime import UTC

import psycopg

from tests.tools.bench.bodies import PASSES
from tests.tools.bench.rounds import TALLY
from tests.tools.bench.work import JSON, ROOMS, Request, Work

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


@dataclass
class TwoStatements:
    """The same change and its history by two set-based statements in one transaction."""

    side: object
    ids: list[str]
    name = "two statements"
    pid = None
    moves: int = 0

    def run(self, load):
        """Change all of the rooms once; return what rounds.Entrant.run does."""
        values = {"ids": self.ids, "value": 1 + next(PASSES) % 100}
        with psycopg.connect(self.side.url) as connection:
            began = time.perf_counter()
            for statement in (CHANGE, RECORD):
                self._check(connection.execute(statement, values).rowcount)
            connection.commit()
            took = time.perf_counter() - began
        self.moves += len(self.ids)
        return [took], took, set()

    def warm_up(self, load):
        self.run(load)

    def tally(self):
        with psycopg.connect(self.side.url) as connection:
            found = connection.execute(TALLY, {"rooms": self.ids}).fetchone()
        return [number - self.moves for number in found]

    def _check(self, count):
        if count != len(self.ids):
            raise RuntimeError(f"{count} of {len(self.ids)} rooms were changed.")


def bulks(name, side, ids):
    """Return the work of giving all of these rooms one setting."""
    text = [str(id_) for id_ in ids]

    def requests():
        while True:
            change = {"set": {"max_members": 101 + next(PASSES) % 100}}
            body = json.dumps({"select": {"ids": text}, "change": change})
            yield _post(body, JSON, len(ids))

    return Work(name, requests(), text)


def imports(name, side, ids):
    """Return the work of sending a file with a line for each of these rooms, as it is now."""

    def requests():
        while True:
            text = io.StringIO()
            file = csv.writer(text)
            file.writerow(("id", "version", "max_members"))
            members = 201 + next(PASSES) % 99
            file.writerows((*one, members) for one in versions(side, len(ids)))
            yield _post(text.getvalue(), {"Content-Type": "text/csv"}, len(ids))

    return Work(name, requests(), [str(id_) for id_ in ids])


def exports(name, side, ids):
    """Return the work of asking for about as many rooms: those that open last."""
    since, count = _opening_last(side, len(ids))
    request = Request(
        f"{ROOMS}?starts_after={since:%Y-%m-%dT%H:%M:%SZ}",
        headers={"Accept": "text/csv"},
        lines=count + 1,
    )
    return Work(name, itertools.cycle([request]))


def versions(side, rooms):
    """Return the id and version of so many rooms of the first project, the oldest."""
    with psycopg.connect(side.url) as connection:
        return connection.execute(
            "SELECT id, version FROM rooms_room WHERE project_id = %s ORDER BY id LIMIT %s",
            (side.rows.project, rooms),
        ).fetchall()


def _post(body, headers, moves):
    expected = {
        "applied": True,
        "counts": {"created": 0, "changed": moves, "unchanged": 0, "refused": 0},
    }
    return Request(f"{ROOMS}/bulk", "POST", body, headers, expected=expected, moves=moves)


def _opening_last(side, rooms):
    """Return a moment and how many rooms open then or later: so many, and who opens with them."""
    with psycopg.connect(side.url) as connection:
        since, count = connection.execute(
            "SELECT min(join_from), count(*) FROM (SELECT join_from FROM rooms_room"
            " WHERE project_id = %s AND join_from IS NOT NULL"
            " ORDER BY join_from DESC FETCH FIRST %s ROWS WITH TIES) AS latest",
            (side.rows.project, rooms),
        ).fetchone()
    return since.astimezone(UTC), count
