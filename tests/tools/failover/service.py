"""Greenroom on a cluster: a server of two processes, a worker, a receiver, and its database."""

import contextlib
import json
import re
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.support.api import ADMISSIONS_URL, ROOMS_URL, TOKENS_URL
from tests.support.database_away import Caller
from tests.support.processes import children, end
from tests.support.server import manage, spawn, start_server
from tests.support.webhook_receiver import Receiver
from tests.tools.failover.configurations import FILES

ROLE = DATABASE = "greenroom"
PASSWORD = "failover"
# Seconds that a member may stay; the fault comes before.
STAY = 2


class Service:
    """The running processes, a client of them, and what the receiver got."""

    def __init__(self, server, worker, receiver, caller):
        self.server, self.worker = server, worker
        self.receiver, self.caller = receiver, caller
        self.pids = self.processes()
        self._read, self._received = 0, set()
        caller.call("POST", ROOMS_URL, b'{"name":"removals"}')

    def processes(self):
        """Return the ids of all processes of Greenroom that are running."""
        running = [one.pid for one in (self.server.process, self.worker) if one.poll() is None]
        return {pid for parent in running for pid in (parent, *children(parent))}

    def admit(self):
        """Admit a member that has to leave after STAY seconds, and return the member's id."""
        terms = {"room_name": "removals", "remove_after_seconds_elapsed": STAY}
        token = self.post(TOKENS_URL, terms)["token"]
        return self.post(ADMISSIONS_URL, {"token": token})["member"]["id"]

    def post(self, url, body):
        answer = self.caller.call("POST", url, json.dumps(body).encode())
        if answer.status not in (200, 201):
            raise RuntimeError(f"{url}: {answer.status} {answer.body!r}")
        return answer.json()

    def received(self):
        """Return the descriptions that the received events of rooms contain."""
        messages = self.receiver.messages
        for message in messages[self._read : (end := len(messages))]:
            changes = json.loads(message.body)["data"].get("changes", {})
            self._received.add(changes.get("description", [None, None])[1])
        self._read = end
        return self._received


def create_database(nodes):
    """Create Greenroom's role and database as docs/how-to/high-availability.md does."""
    password = re.search(r"username: postgres\n +password: (\S+)", _patroni_file())[1]
    url = nodes.url("postgres", password, "postgres") + "?target_session_attrs=read-write"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _patroni_file():
    return (FILES / "patroni.yml").read_text(encoding="utf-8")


@contextlib.contextmanager
def serving(url, folder):
    """Yield a Service on the database at `url`."""
    env = {
        "DATABASE_URL": url,
        "GREENROOM_DATA": str(folder),
        "SECRET_KEY": "failover" * 8,
        "WORKERS": "2",
        "WEBHOOK_ALLOW": "127.0.0.0/8",
    }
    manage(env, "migrate", "--verbosity", "0")
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        server = stack.enter_context(start_server(env))
        log = stack.enter_context((folder / "worker.log").open("wb"))
        worker = spawn(env, "manage.py", "worker", stdout=log, stderr=log)
        stack.callback(end, worker)
        caller = Caller(server, env)
        hook = {"url": receiver.url(), "event_types": ["room.settings_changed", "member.left"]}
        # Four calls at once start the threads of both processes.
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: caller.get(), range(16)))
        service = Service(server, worker, receiver, caller)
        service.post("/api/video/webhooks", hook)
        yield service
