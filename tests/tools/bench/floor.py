"""The floor: what PostgreSQL alone can do, asked by pgbench for what ours asks.

The statements are those that PostgreSQL logged of one PUT of ours: nothing is typed twice.
"""

import math
import re
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mode

import psycopg

from tests.tools.bench.bodies import one_field
from tests.tools.bench.logged import count_of, log_statements, recorded
from tests.tools.bench.rounds import TALLY
from tests.tools.bench.work import puts

NAME, RETURNING_NAME = "its statements alone", "one UPDATE … RETURNING"
# Like no other value of a recorded request.
VERSIONS = range(70_001, 70_100, 10)
ENTRY = re.compile(
    r"LOG:  (?:execute [^:]+|statement): (?P<sql>.*?)(?=\n\S+ \S+ \S+ \[\d+\] (?:LOG|DETAIL):|\Z)"
    r"(?:\n\S+ \S+ \S+ \[\d+\] DETAIL:  [Pp]arameters: (?P<values>[^\n]*))?",
    re.S,
)
VALUE = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
RETURNING = """
UPDATE rooms_room SET max_members = 1 + version % 300, version = version + 1,
    updated_at = now()
WHERE id = :room RETURNING version;
"""


@dataclass
class Script:
    """What a client of pgbench sends over and over, and the values that stay the same."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    statements: int = 1

    def for_clients(self, rooms):
        """Return the text in which each client has a room of its own.

        So that no client finds its room's version gone.
        """
        parts = []
        for number in range(len(rooms)):
            own = re.sub(r":room\b", f":room{number}", self.text)
            parts.append(f"\\if :client_id = {number}\n{own}\\endif\n")
        return "".join(parts)


@dataclass
class Pgbench:
    """pgbench as an entrant: its clients stand for connections."""

    name: str
    script: Script
    cluster: object
    url: str
    rooms: list[str]
    pid = None
    changed: int = 0

    def run(self, load):
        """Run for the seconds of `load`, whole ones; return what rounds.Entrant.run does."""
        seconds = math.ceil(load.seconds)
        # On a busy machine that may be over before all are connected.
        while not (done := self._run(self.rooms[: load.connections], seconds)):
            seconds *= 2
        self.changed += len(done)
        took = [one for one, _ in done]
        wall = max(end for _, end in done) - min(end - one for one, end in done)
        return took, wall, set()

    def warm_up(self, load):
        self.run(load)

    def tally(self):
        """Return by how much the versions of its rooms are ahead of what pgbench counted."""
        with psycopg.connect(self.url) as connection:
            versions, _ = connection.execute(TALLY, {"rooms": self.rooms}).fetchone()
        return versions - self.changed

    def _run(self, rooms, seconds):
        """Run pgbench; return the seconds of each transaction, and when it ended."""
        defined = {**self.script.values, "version": "1", "next": "2"}
        defined |= {f"room{number}": room for number, room in enumerate(rooms)}
        values = [part for name, value in defined.items() for part in ("-D", f"{name}={value}")]
        options = ("-c", str(len(rooms)), "-l", "-n", "-M", "prepared", "-T", str(seconds))
        with tempfile.TemporaryDirectory(prefix="greenroom-pgbench-") as home:
            file = Path(home) / "script.sql"
            file.write_text(self.script.for_clients(rooms))
            command = [self.cluster.bin / "pgbench", "-f", file, *options, *values, self.url]
            said = subprocess.run(command, capture_output=True, text=True, cwd=home, check=False)
            if said.returncode:
                raise RuntimeError(f"pgbench:\n{said.stderr}")
            return list(_transactions(home))


def floor(cluster, entrant, rooms):
    """Return the entrants that do, on these rooms, what ours and what one UPDATE does."""
    with log_statements(cluster):
        same = _of_ours(cluster, entrant, rooms[0])
    scripts = {NAME: same, RETURNING_NAME: Script(RETURNING)}
    url = entrant.side.url
    return [
        Pgbench(name, script, cluster, url, rooms[number::2])
        for number, (name, script) in enumerate(scripts.items())
    ]


def script_of(log, room, version):
    """Return the Script of one PUT, from what was logged of it; `room` was at `version` before."""
    roles = {f"'{room}'": "room", f"'{version}'": "version", f"'{version + 1}'": "next"}
    lines, values = [], {}
    for number, entry in enumerate(ENTRY.finditer(log)):
        sql = " ".join(entry["sql"].split())
        found = dict(VALUE.findall(entry["values"] or ""))
        # From the last on: $1 is a beginning of $10.
        for key in sorted(found, key=int, reverse=True):
            name = roles.get(found[key]) or f"p{number}_{key}"
            values[name] = found[key].strip("'").replace("''", "'")
            sql = sql.replace(f"${key}", "NULL" if found[key] == "NULL" else f":{name}")
        reads = re.match(r"SELECT .* FROM \"rooms_room\"", sql)
        lines.append(f"{sql} \\gset\n\\set next :version + 1" if reads else f"{sql};")
    for known in ("room", "version", "next"):
        values.pop(known, None)
    return Script("\n".join(lines) + "\n", values, len(lines))


def _of_ours(cluster, entrant, room):
    """Return the Script that does what PostgreSQL logs of one PUT of ours, as most are."""
    entrant = replace(entrant, work=puts("", [room], one_field))
    logs = [(_logged(cluster, entrant, room, version), version) for version in VERSIONS]
    usual = mode(count_of(log) for log, _ in logs)
    return next(script_of(log, room, version) for log, version in logs if count_of(log) == usual)


def _logged(cluster, entrant, room, version):
    with psycopg.connect(entrant.side.url, autocommit=True) as connection:
        connection.execute("UPDATE rooms_room SET version = %s WHERE id = %s", (version, room))
    return recorded(entrant, cluster.log)


def _transactions(home):
    """Yield from pgbench's log how long each transaction took, and when it ended, in seconds."""
    for file in Path(home).glob("pgbench_log.*"):
        for line in file.read_text().splitlines():
            _, _, took, _, second, micros = line.split()[:6]
            yield int(took) / 1e6, int(second) + int(micros) / 1e6
