"""Servers are restarted one after the other while clients keep sending requests."""

import http.client
import itertools
import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from django.db import connection, transaction

from rooms.models import Room
from tests.factories import RoomFactory, TokenFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import basic, room_url
from tests.support.processes import accepts_connections, children, eventually, free_port
from tests.support.server import somebody_waits, start_server

CALLERS = 6


class Caller:
    """A client that changes its own room repeatedly, each time on the next available server.

    It repeats unanswered requests, as a load balancer does; if the first one had been executed, the
    repetition would fail on its stale version.
    """

    def __init__(self, room, token, ports):
        self.path = room_url(room)
        self.room = room
        self.headers = {
            "Authorization": basic(token.project_id, token.secret),
            "Content-Type": "application/json",
        }
        self.in_turn = itertools.cycle(ports)
        self.kept = {}
        self.version = 1
        self.statuses = set()
        # Counted by port; a restarted server starts at zero.
        self.answered = dict.fromkeys(ports, 0)

    def change(self):
        """Send one change to the next server; return whether it answered."""
        port = next(self.in_turn)
        try:
            status = self._put(port)
        except (OSError, http.client.HTTPException):
            self.kept.pop(port).close()
            return False
        self.statuses.add(status)
        self.version += 1
        self.answered[port] += 1
        return True

    def hang_up(self):
        for kept in self.kept.values():
            kept.close()

    def _put(self, port):
        if port not in self.kept:
            self.kept[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"meta": {"turn": self.version}})
        headers = {**self.headers, "If-Match": f'"{self.version}"'}
        self.kept[port].request("PUT", self.path, body, headers)
        answer = self.kept[port].getresponse()
        answer.read()
        return answer.status


class Servers:
    """All servers of this database; SQLite allows only one."""

    def __init__(self, env, stack):
        self.env, self.stack = {**env, "WORKERS": "2"}, stack
        count = 2 if connection.vendor == "postgresql" else 1
        started = [start_server(self.env) for _ in range(count)]
        self.by_port = {server.port: server for server in started}
        for server in started:
            stack.enter_context(server)

    def restart(self, port):
        """Stop a server with SIGTERM, start it again, and return the old one's exit code."""
        code = self.by_port[port].stop()
        self.by_port[port] = self.stack.enter_context(start_server(self.env, port))
        return code


@pytest.fixture
def servers(server_env, transactional_db):
    with ExitStack() as stack:
        yield Servers(server_env, stack)


@pytest.mark.long
def test_every_accepted_request_is_executed_and_answered(servers):
    room = RoomFactory()
    token = TokenFactory(project=room.project)
    rooms = [room, *(RoomFactory(project=room.project) for _ in range(CALLERS - 1))]
    callers = [Caller(room, token, servers.by_port) for room in rooms]
    is_over = threading.Event()
    codes = []

    def work(number):
        if number == CALLERS:
            try:
                codes.extend(_restart_each(servers, callers))
            finally:
                is_over.set()
            return
        while not is_over.is_set():
            eventually(callers[number].change)
        callers[number].hang_up()

    all_at_once(work, CALLERS + 1)

    assert codes == [0] * len(servers.by_port)
    assert [caller.statuses for caller in callers] == [{200}] * CALLERS
    for caller in callers:
        now = Room.objects.get(pk=caller.room.pk)
        assert now.version == caller.version
        assert now.meta == {"turn": caller.version - 1}


def _restart_each(servers, callers):
    for port in servers.by_port:
        _called(callers, port)
        yield servers.restart(port)
        _called(callers, port)


def _called(callers, port):
    """Wait until each client has ten more responses from this server."""
    wanted = [caller.answered[port] + 10 for caller in callers]
    eventually(lambda: all(c.answered[port] >= w for c, w in zip(callers, wanted, strict=True)))


@pytest.mark.of_postgresql
@pytest.mark.parametrize("whom", ["the server", "each of its processes"])
def test_current_request_is_finished_on_sigterm(server_env, transactional_db, whom):
    room = RoomFactory()
    port = free_port()
    caller = Caller(room, TokenFactory(project=room.project), [port])
    with start_server(server_env, port) as server, ThreadPoolExecutor(1) as pool:
        pids = [server.process.pid, *(children(server.process.pid) if "each" in whom else [])]
        with transaction.atomic():
            Room.objects.select_for_update().get(pk=room.pk)
            answered = pool.submit(caller.change)
            eventually(somebody_waits)
            for pid in pids:
                os.kill(pid, signal.SIGTERM)
            # On a busy machine it takes longer than the server waits for the lock.
            with suppress(TimeoutError):
                eventually(lambda: not accepts_connections(port), seconds=2)

        eventually(lambda: not accepts_connections(port))
        assert answered.result()
        assert caller.statuses == {200}
        assert server.process.wait(30) == 0
    caller.hang_up()


def test_dead_worker_process_is_replaced(server_env, transactional_db):
    room = RoomFactory()
    port = free_port()
    caller = Caller(room, TokenFactory(project=room.project), [port])
    # Only one worker, so any later response comes from its replacement.
    with start_server({**server_env, "WORKERS": "1"}, port) as server:
        eventually(caller.change)
        for pid in children(server.process.pid):
            os.kill(pid, signal.SIGKILL)

        eventually(caller.change)
    caller.hang_up()

    assert caller.statuses == {200}
