"""Connect to the host of DATABASE_URL that accepts writes, without waiting for a frozen one.

The driver tries the hosts in the order of the URL. A frozen machine costs each new connection its
whole timeout there, and so does each host that vanished.
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import psycopg

from access.database.postgresql.watched import PROBE_TIMEOUT, WatchedConnection
from access.database.sockets import ServerAddress, answering

DEFAULT_PORT = 5432
# At most one host is the right one with these values of target_session_attrs.
ONE_HOST = ("read-write", "primary")


class Hosts:
    """The hosts of one URL, and the one that this process connected to last."""

    def __init__(self, addresses: list[ServerAddress]) -> None:
        self.addresses = addresses
        self.last: ServerAddress | None = None

    def connect(self, parameters: dict[str, Any]) -> WatchedConnection:
        """Return a connection to the first host that takes it; raises OperationalError."""
        failures = []
        for address in self._candidates():
            try:
                found = WatchedConnection.connect(
                    **{**parameters, "host": address.host, "port": address.port}
                )
            except psycopg.OperationalError as error:
                failures.append(f"{address.host}:{address.port}: {error}")
                self.forget(address)
            else:
                found.listed, found.on_silence = address, partial(self.forget, address)
                self.last = address
                return found
        raise psycopg.OperationalError("\n".join(failures) or "No host answers.")

    def forget(self, address: ServerAddress | None) -> None:
        """Ask all hosts for an answer before the next connection."""
        # Another thread may have found the new primary already.
        if self.last == address:
            self.last = None

    def has_left(self, connection: WatchedConnection) -> bool:
        """Return whether a later connection leads to another host: the old one is no primary."""
        return self.last is not None and connection.listed != self.last

    def _candidates(self) -> Iterator[ServerAddress]:
        """Yield the last host, and then each other one as soon as it answers."""
        last = self.last
        if last is not None:
            yield last
        yield from answering([one for one in self.addresses if one != last], PROBE_TIMEOUT)


def hosts_of(parameters: dict[str, Any]) -> Hosts | None:
    """Return the Hosts for the parameters of a connection, or None if the driver chooses."""
    if parameters.get("target_session_attrs") not in ONE_HOST or "hostaddr" in parameters:
        return None
    return _hosts(parameters.get("host", ""), str(parameters.get("port", "")))


@cache
def _hosts(host: str, port: str) -> Hosts | None:
    addresses = listed_servers(host, port)
    return Hosts(addresses) if len(addresses) > 1 else None


def listed_servers(host: str, port: str) -> list[ServerAddress]:
    """Return the servers that HOST and PORT list, without those that only libpq knows."""
    hosts = host.split(",")
    ports = port.split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [
        ServerAddress(name, int(number or DEFAULT_PORT))
        for name, number in zip(hosts, ports, strict=True)
        if name
    ]
