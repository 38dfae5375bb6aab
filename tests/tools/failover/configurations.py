"""The files of docs/ha, with only their addresses, ports and folders replaced."""

import re
import shutil

from tests.support.postgres_programs import own
from tests.support.processes import free_port
from tests.support.server import ROOT

FILES = ROOT / "docs/ha"
NODES = ("one", "two", "three")
# Loopback has more addresses than 127.0.0.1, so the nodes may have the same ports, as in the files.
ADDRESSES = {f"10.0.0.{number}": f"127.0.0.1{number}" for number in (1, 2, 3)}
PORTS = (5432, 8008, 2379, 2380)
NETWORK = ("10.0.0.0/24", "127.0.0.0/8")


class Configurations:
    """Writes the files of each node into `home`, which is the folder of this run."""

    def __init__(self, home):
        self.home = home
        self.ports = {port: free_port() for port in PORTS}
        self.proxy_port = free_port()

    def address(self, node):
        return f"127.0.0.1{NODES.index(node) + 1}"

    def etcd(self, node):
        """Return the environment of the etcd of `node`."""
        text = self._read("etcd.env", node, r"^ETCD_(?:LISTEN|\w*ADVERTISE)_")
        text = text.replace("/var/lib/etcd/greenroom", str(self.home / f"etcd-{node}"))
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    def patroni(self, node, programs):
        """Write the file of `node`, and return its path."""
        text = self._read("patroni.yml", node, r"^ +(?:listen|connect_address): ")
        for path, replacement in {
            "/var/lib/postgresql/15/greenroom": str(self.home / f"data-{node}"),
            "/usr/lib/postgresql/15/bin": str(programs),
            "/var/run/postgresql": str(self.home / f"home-patroni-{node}"),
        }.items():
            text = text.replace(path, replacement)
        return self._write(f"patroni-{node}.yml", text)

    def haproxy(self):
        text = self._placed((FILES / "haproxy.cfg").read_text(encoding="utf-8"))
        bound = f"127.0.0.1:{self.ports[5432]}"
        return self._write("haproxy.cfg", text.replace(bound, f"127.0.0.1:{self.proxy_port}"))

    def _read(self, name, node, own_lines):
        """Return the file of `node`: that of node one with the name and the addresses of `node`."""
        text = (FILES / name).read_text(encoding="utf-8")
        text = re.sub(r"^(name: |ETCD_NAME=)one$", rf"\g<1>{node}", text, flags=re.MULTILINE)
        number = NODES.index(node) + 1
        lines = [
            line.replace("10.0.0.1", f"10.0.0.{number}") if re.match(own_lines, line) else line
            for line in text.splitlines()
        ]
        return self._placed("\n".join(lines) + "\n")

    def _placed(self, text):
        text = text.replace(*NETWORK)
        for address, replacement in ADDRESSES.items():
            text = text.replace(address, replacement)
        for port, replacement in self.ports.items():
            text = re.sub(rf"(?<=[: ]){port}\b", str(replacement), text)
        return text

    def _write(self, name, text):
        file = self.home / name
        file.write_text(text, encoding="utf-8")
        # Patroni refuses a password file of another user, and PostgreSQL does not run as root.
        own(file)
        file.chmod(0o600)
        return file


def missing_programs():
    """Return the programs of Debian's packages that this machine does not have."""
    return [name for name in ("patroni", "etcd", "haproxy") if program(name) is None]


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
