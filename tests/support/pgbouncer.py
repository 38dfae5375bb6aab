"""pgbouncer with transaction pooling in front of a PostgreSQL of the tests.

Run as a program, it provides such a database to another program:

    python -m tests.support.pgbouncer python -m pytest
"""

import contextlib
import re
import shutil
import sys

import psycopg

from tests.support.lending import clean_up_when_told_to_end, lend
from tests.support.postgres import ROLE, cluster
from tests.support.postgres_programs import own
from tests.support.processes import accepts_connections, end, free_port, wait_until
from tests.support.server import ROOT

MISSING = "pgbouncer is missing (Debian: apt install pgbouncer)."
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

# The server has eight threads and the worker seven.
CONNECTIONS = 3

# Any database, because tests create their own, and short idle times, so that they can be dropped.
SETTINGS = """\
[databases]
* = host=127.0.0.1 port={database}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
default_pool_size = {pool_size}
max_client_conn = 500
server_idle_timeout = 1
log_connections = 0
log_disconnections = 0
"""


@contextlib.contextmanager
def pooled(database, pool_size=20, port=None, sections=("pgbouncer.ini",)):
    """Yield the environment of a Greenroom on the Cluster `database` behind a pgbouncer.

    Both are set up with the commands of docs/how-to/pgbouncer.md, and pgbouncer with the settings
    in these `sections` of the page.
    """
    told = (ROOT / "docs/how-to/pgbouncer.md").read_text(encoding="utf-8")
    with psycopg.connect(database.url) as connection:
        for statement in re.findall(r"^    (ALTER ROLE .+);$", told, re.MULTILINE):
            connection.execute(statement)
    port = port or free_port()
    users = _write(database, "users.txt", f'"{ROLE}" "{database.password}"\n')
    settings = SETTINGS.format(database=database.port, port=port, users=users, pool_size=pool_size)
    for section in sections:
        text = told.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
        settings += "\n".join(re.findall(r"^    (\w+ = \w+)$", text, re.MULTILINE)) + "\n"
    process = database.spawn(PROGRAM, _write(database, "pgbouncer.ini", settings + "\n"))
    try:
        wait_until(lambda: accepts_connections(port), 30, process, database.log)
        yield {"DATABASE_URL": database.url_at(port), "PGBOUNCER": "true"}
    finally:
        end(process)


def _write(database, name, text):
    file = database.home / name
    file.write_text(text, encoding="utf-8")
    own(file)
    return file


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Usage: python -m tests.support.pgbouncer COMMAND [ARGUMENT…]")
    if PROGRAM is None:
        sys.exit(MISSING)
    clean_up_when_told_to_end()
    with cluster() as database, pooled(database) as env:
        sys.exit(lend(sys.argv[1:], env))
