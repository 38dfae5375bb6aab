"""The measured server, the healthy client, and what a measurement found."""

import itertools
import time
from dataclasses import dataclass
from typing import Any

from tests.support.database_away import Caller
from tests.support.postgres import Cluster
from tests.support.raw_http import connect, receive, request
from tests.support.server import Server
from tests.tools.bench.results import row

# One keep-alive connection reaches one process, several reach both.
CONNECTIONS = 4


@dataclass
class Service:
    """A server, its database, and a client with a token and a room."""

    server: Server
    database: Cluster
    caller: Caller


@dataclass
class Finding:
    """One line of the table; `is_met` is None if there is no target."""

    what: str
    figure: str
    target: str
    is_met: bool | None

    @classmethod
    def of_seconds(cls, what, answers, status, most):
        """Return the Finding of timed() answers, which must have a status within `most` seconds."""
        statuses, seconds = zip(*answers, strict=True)
        is_met = set(statuses) == {status} and max(seconds) < most
        shown = " and ".join(map(str, sorted(set(statuses))))
        figure = f"{shown} after {max(seconds):.1f} s"
        return cls(what, figure, f"{status} within {most} s", is_met)

    def line(self):
        result = {True: "met", False: "**missed**", None: ""}[self.is_met]
        return row(self.what, self.figure, self.target, result)


def timed(act):
    """Return the status of act()'s answer, 0 if it has none, and the seconds until it."""
    start = time.monotonic()
    answer = act()
    return answer.status if answer else 0, time.monotonic() - start


class HealthyClient:
    """A client that changes its room again and again, on each connection in turn."""

    def __init__(self, service: Service) -> None:
        self.caller = service.caller
        self.connections: list[Any] = [
            connect(service.server, timeout=60) for _ in range(CONNECTIONS)
        ]
        self.turns = itertools.cycle(self.connections)
        self.values = itertools.count()

    def put(self):
        """Change the room. Raises RuntimeError if the server does not do it."""
        body = b'{"max_members":%d}' % (2 + next(self.values) % 90)
        connection = next(self.turns)
        connection.sendall(request("PUT", self.caller.url, self.caller.headers, body))
        answer = receive(connection)
        if answer is None or answer.status != 200:
            raise RuntimeError(f"A PUT of the healthy client failed: {answer}")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for connection in self.connections:
            connection.close()
