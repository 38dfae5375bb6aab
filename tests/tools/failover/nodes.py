"""Three PostgreSQL that Patroni watches, the etcd of each one, and a HAProxy."""

import contextlib
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from subprocess import DEVNULL

from tests.support.postgres_programs import home, own, server_user
from tests.support.processes import children, end, eventually
from tests.tools.failover.configurations import NODES, Configurations, program

# etcd starts on other processors than amd64 only with this variable.
ARCHITECTURE = {"ETCD_UNSUPPORTED_ARCH": "arm64"} if os.uname().machine == "aarch64" else {}


class Nodes:
    """The machines of a Patroni cluster, as processes; leave() ends them."""

    def __init__(self, folder, stack):
        self.home, self.stack = folder, stack
        self.files = Configurations(folder)
        self.programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.patroni = {}

    def start(self):
        for node in NODES:
            self.stack.callback(end, self.spawn(f"etcd-{node}", "etcd", env=self.files.etcd(node)))
        for node in NODES:
            self.start_patroni(node)
            self.stack.callback(self._end_node, node)
        eventually(self.is_healthy, 180)

    def start_proxy(self):
        process = self.spawn("haproxy", "haproxy", "-db", "-f", self.files.haproxy())
        self.stack.callback(end, process)

    def start_patroni(self, node):
        file = self.files.patroni(node, self.programs)
        self.patroni[node] = self.spawn(f"patroni-{node}", "patroni", file)

    def spawn(self, log, name, *arguments, env=None):
        # Patroni writes passwords for PostgreSQL's programs into the home folder.
        folder = self.home / f"home-{log}"
        folder.mkdir(exist_ok=True)
        own(folder)
        with (self.home / f"{log}.log").open("ab") as output:
            return subprocess.Popen(
                [program(name), *arguments],
                cwd=folder,
                env={"PATH": os.defpath, "HOME": str(folder), **ARCHITECTURE, **(env or {})},
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **server_user(),
            )

    def url(self, role, password, database):
        """Return the URL with all nodes, without a parameter."""
        port = self.files.ports[5432]
        hosts = ",".join(f"{self.files.address(node)}:{port}" for node in NODES)
        return f"postgres://{role}:{password}@{hosts}/{database}"

    def state(self):
        """Return Patroni's view of the cluster: the members with their roles and states."""
        for node in NODES:
            with contextlib.suppress(OSError, ValueError):
                return {one["name"]: one for one in self._ask(node, "/cluster")["members"]}
        return {}

    def is_healthy(self):
        """Return whether there are a primary, a synchronous standby and another standby."""
        members = self.state()
        roles = sorted(one["role"] for one in members.values())
        streaming = [one for one in members.values() if one["state"] in ("running", "streaming")]
        lag = [one.get("lag", 0) for one in members.values()]
        return (
            roles == ["leader", "replica", "sync_standby"]
            and len(streaming) == len(NODES)
            and lag == [0] * len(NODES)
            and len({one["timeline"] for one in members.values()}) == 1
        )

    def primary(self):
        return next(name for name, one in self.state().items() if one["role"] == "leader")

    def switch_over(self, leader):
        candidate = next(
            name for name, one in self.state().items() if one["role"] == "sync_standby"
        )
        self._ask(leader, "/switchover", {"leader": leader, "candidate": candidate})

    def processes(self, node):
        """Return the ids of the Patroni of `node` and of its PostgreSQL."""
        return [self.patroni[node].pid, *self._postgres(node)]

    def signal(self, node, number):
        for pid in self.processes(node):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _postgres(self, node):
        file = self.home / f"data-{node}" / "postmaster.pid"
        try:
            pid = int(file.read_text(encoding="utf-8").split()[0])
        except (OSError, IndexError):
            return []
        return [pid, *children(pid)]

    def _end_node(self, node):
        self.signal(node, signal.SIGCONT)
        end(self.patroni[node], seconds=30)
        # Patroni stops its PostgreSQL, unless Patroni was killed.
        for pid in self._postgres(node)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)

    def _ask(self, node, path, body=None):
        address = f"http://{self.files.address(node)}:{self.files.ports[8008]}{path}"
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if body is None else text


@contextlib.contextmanager
def running_nodes():
    """Yield running Nodes, and end all of their processes afterwards."""
    with home() as folder, contextlib.ExitStack() as stack:
        nodes = Nodes(folder, stack)
        nodes.start()
        yield nodes
