"""The floor: what PostgreSQL alone can do, asked by pgbench for what ours asks.

The statements are those that PostgreSQL logged of one PUT of ours: nothing is typed twice.
"""

import re
import subprocess
from dataclasses import dataclass, field, replace
from statistics import mode

import psycopg

from tests.bench.rounds import Times, count_of, processor_time, recorded
from tests.bench.work import Work, puts

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
    """What each client of pgbench sends over and over, and the values that stay the same."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


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
    return Script("\n".join(lines) + "\n", values)


def run(cluster, url, script, rooms, seconds):
    """Run one pgbench for each room at once; return Times of one round.

    A room has one writer, so that none finds its version gone.
    """
    file = cluster.home / "script.sql"
    file.write_text(script.text)
    before = processor_time(cluster.process.pid)
    options = ("-f", file, "-T", str(seconds))
    running = [_start(cluster.bin, url, script.values, room, options) for room in rooms]
    said = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise RuntimeError(f"pgbench:\n{said[0]}")
    database = processor_time(cluster.process.pid) - before
    counts = [int(re.search(r"actually processed: (\d+)", text)[1]) for text in said]
    rate = sum(float(re.search(r"tps = ([\d.]+)", text)[1]) for text in said)
    # pgbench tells a mean of each client.
    took = [len(rooms) / rate] * sum(counts)
    return Times([took], [sum(counts) / rate], database=database)


def _start(programs, url, values, room, options):
    values = {**values, "room": room, "version": "1", "next": "2"}
    defined = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
    return subprocess.Popen(
        [programs / "pgbench", "-n", "-M", "prepared", "-c", "1", *options, *defined, url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def of_ours(cluster, entrant):
    """Return the Script that does what PostgreSQL logs of one PUT of ours, as most are."""
    rows = entrant.side.rows
    room = rows.room_ids[0]
    entrant = replace(entrant, work=Work("", puts(replace(rows, room_ids=[room]))))
    logs = [(_logged(cluster, entrant, room, version), version) for version in VERSIONS]
    usual = mode(count_of(log) for log, _ in logs)
    return next(script_of(log, room, version) for log, version in logs if count_of(log) == usual)


def _logged(cluster, entrant, room, version):
    with psycopg.connect(entrant.side.url, autocommit=True) as connection:
        connection.execute("UPDATE rooms_room SET version = %s WHERE id = %s", (version, room))
    return recorded(entrant, cluster.log)
