"""The lower limit: pgbench sends the statements of a PUT directly to PostgreSQL.

The statements come from PostgreSQL's log of one PUT, so no copy of them can become outdated.
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
from tests.tools.bench.logged import count_of, log_of_request, log_statements
from tests.tools.bench.rounds import COUNTS
from tests.tools.bench.workloads import puts

STATEMENTS_NAME, RETURNING_NAME = "its statements alone", "one UPDATE … RETURNING"
# Versions that differ from all other values of a logged request.
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
    """A script that pgbench repeats, and its constant values."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    statements: int = 1

    def for_clients(self, rooms):
        """Return the text in which each client has its own room.

        Otherwise one client would change the version that another client expects.
        """
        parts = []
        for number in range(len(rooms)):
            text = re.sub(r":room\b", f":room{number}", self.text)
            parts.append(f"\\if :client_id = {number}\n{text}\\endif\n")
        return "".join(parts)


@dataclass
class Pgbench:
    """pgbench as a participant: each of its clients is one connection."""

    name: str
    script: Script
    cluster: object
    url: str
    rooms: list[str]
    pid = None
    changed: int = 0

    def run(self, load):
        """Run for the seconds of `load`, rounded up; return the same as rounds.Participant.run."""
        seconds = math.ceil(load.seconds)
        # On a busy machine this time may be over before all clients have connected.
        while not (transactions := self._run(self.rooms[: load.connections], seconds)):
            seconds *= 2
        self.changed += len(transactions)
        seconds_each = [seconds for seconds, _ in transactions]
        duration = max(end for _, end in transactions) - min(
            end - took for took, end in transactions
        )
        return seconds_each, duration, set()

    def warm_up(self, load):
        self.run(load)

    def surplus(self):
        """Return how far the versions of the rooms exceed the changes that pgbench counted."""
        with psycopg.connect(self.url) as connection:
            versions, _ = connection.execute(COUNTS, {"rooms": self.rooms}).fetchone()
        return versions - self.changed

    def _run(self, rooms, seconds):
        """Run pgbench; return the seconds of each transaction and the time at which it ended."""
        variables = {**self.script.values, "version": "1", "next": "2"}
        variables |= {f"room{number}": room for number, room in enumerate(rooms)}
        values = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
        options = ("-c", str(len(rooms)), "-l", "-n", "-M", "prepared", "-T", str(seconds))
        with tempfile.TemporaryDirectory(prefix="greenroom-pgbench-") as folder:
            file = Path(folder) / "script.sql"
            file.write_text(self.script.for_clients(rooms))
            command = [self.cluster.bin / "pgbench", "-f", file, *options, *values, self.url]
            process = subprocess.run(
                command, capture_output=True, text=True, cwd=folder, check=False
            )
            if process.returncode:
                raise RuntimeError(f"pgbench:\n{process.stderr}")
            return list(_transactions(folder))


def floor(cluster, participant, rooms):
    """Return two participants: one sends Greenroom's statements, the other one UPDATE."""
    with log_statements(cluster):
        script = _usual_script(cluster, participant, rooms[0])
    scripts = {STATEMENTS_NAME: script, RETURNING_NAME: Script(RETURNING)}
    url = participant.side.url
    return [
        Pgbench(name, script, cluster, url, rooms[number::2])
        for number, (name, script) in enumerate(scripts.items())
    ]


def script_of(log, room, version):
    """Return the Script of one PUT from its log; before it, `room` was at `version`."""
    placeholders = {f"'{room}'": "room", f"'{version}'": "version", f"'{version + 1}'": "next"}
    lines, values = [], {}
    for number, entry in enumerate(ENTRY.finditer(log)):
        sql = " ".join(entry["sql"].split())
        parameters = dict(VALUE.findall(entry["values"] or ""))
        # Replace $10 before $1, because $10 begins with $1.
        for key in sorted(parameters, key=int, reverse=True):
            name = placeholders.get(parameters[key]) or f"p{number}_{key}"
            values[name] = parameters[key].strip("'").replace("''", "'")
            sql = sql.replace(f"${key}", "NULL" if parameters[key] == "NULL" else f":{name}")
        # pgbench keeps the last column of a name, and the room's session has a version, too.
        sql = sql.replace('active_session."version"', 'active_session."version" AS of_session')
        reads = re.match(r"SELECT .* FROM \"rooms_room\"", sql)
        lines.append(f"{sql} \\gset\n\\set next :version + 1" if reads else f"{sql};")
    for variable in ("room", "version", "next"):
        values.pop(variable, None)
    return Script("\n".join(lines) + "\n", values, len(lines))


def _usual_script(cluster, participant, room):
    """Return the Script of a usual PUT of Greenroom, from PostgreSQL's log."""
    participant = replace(participant, workload=puts("", [room], one_field))
    logs = [(_log_of(cluster, participant, room, version), version) for version in VERSIONS]
    usual = mode(count_of(log) for log, _ in logs)
    return next(script_of(log, room, version) for log, version in logs if count_of(log) == usual)


def _log_of(cluster, participant, room, version):
    with psycopg.connect(participant.side.url, autocommit=True) as connection:
        connection.execute("UPDATE rooms_room SET version = %s WHERE id = %s", (version, room))
    return log_of_request(participant, cluster.log)


def _transactions(folder):
    """Yield from pgbench's log the seconds of each transaction and the time at which it ended."""
    for file in Path(folder).glob("pgbench_log.*"):
        for line in file.read_text().splitlines():
            _, _, duration, _, second, micros = line.split()[:6]
            yield int(duration) / 1e6, int(second) + int(micros) / 1e6
