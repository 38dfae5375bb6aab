"""A real Janus for tests, configured with the examples in docs/janus/.

It runs under the restrictions of the example of its unit where the machine can apply them.
"""

import contextlib
import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

import pytest

from sessions.media.server import media_server
from tests.support.processes import accepts_connections, end, free_port, wait_until
from tests.support.server import ROOT
from tests.support.unit_sandbox import can_restrict, restricted

UNIT = ROOT / "docs/janus/greenroom-janus.service"
NO_JANUS = "No Janus: install Debian's (apt install janus); other systems build it from source."
SECRETS = {
    "JANUS_ADMIN_SECRET": "the admin API's secret, of a test",
    "JANUS_ADMIN_KEY": "the key to make rooms, of a test",
    "JANUS_EVENTS_SECRET": "the secret of events, of a test",
}
SIOCGIFADDR = 0x8915


@dataclass
class Janus:
    """A Janus that tests configure, start and stop."""

    home: Path
    port: int
    admin_port: int
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/janus"

    @property
    def env(self):
        """The environment of a Greenroom that uses this Janus."""
        return {
            **SECRETS,
            "MEDIA_SERVER": "janus",
            "JANUS_URL": self.url,
            "JANUS_ADMIN_URL": f"http://127.0.0.1:{self.admin_port}/admin",
            "JANUS_RECORDINGS": str(self.recordings),
        }

    @property
    def recordings(self):
        return self.home / "recordings"

    @property
    def log_file(self):
        return self.home / "janus.log"

    def configure(self, client_origin, greenroom_url="http://127.0.0.1:9"):
        """Write the settings: the origin whose pages may connect, and the Greenroom that gets
        events.

        No server listens on port 9.
        """
        values = {
            **SECRETS,
            "CONFIG": self.home,
            "LIBRARIES": _libraries(),
            "JANUS_PORT": self.port,
            "JANUS_ADMIN_PORT": self.admin_port,
            "MEDIA_PORTS": "20000-31999",
            "MEDIA_ADDRESS": address_of_this_machine(),
            "CLIENT_ORIGIN": client_origin,
            "GREENROOM_URL": greenroom_url,
            # Occurs in a comment of an example.
            "CAPITALS": "$CAPITALS",
        }
        for example in (ROOT / "docs/janus").glob("*.jcfg"):
            # A missing value raises KeyError: the examples themselves are tested.
            text = Template(example.read_text(encoding="utf-8")).substitute(values)
            (self.home / example.name).write_text(text, encoding="utf-8")

    def start(self):
        command = ["janus", "-F", self.home, "-C", self.home / "janus.jcfg", "--disable-colors"]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                restricted(UNIT, *command) if can_restrict() else command,
                cwd=self.home,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, 30, self.process, self.log_file)

    def stop(self):
        return end(self.process) if self.process else None

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def _answers(self):
        return accepts_connections(self.port) and accepts_connections(self.admin_port)


@contextlib.contextmanager
def prepared_janus():
    """Yield a Janus with ports and a folder; the caller calls configure() and start()."""
    if not shutil.which("janus"):
        pytest.skip(NO_JANUS)
    with tempfile.TemporaryDirectory(prefix="greenroom-janus-") as path:
        janus = Janus(Path(path), free_port(), free_port())
        try:
            yield janus
        finally:
            janus.stop()


@contextlib.contextmanager
def client_pages():
    """Serve tests/support/media_client and yield its origin; Janus accepts pages from there."""
    pages = functools.partial(_Quiet, directory=ROOT / "tests/support/media_client")
    with ThreadingHTTPServer(("127.0.0.1", free_port()), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def client_origin():
    with client_pages() as url:
        yield url


@pytest.fixture(scope="session")
def running_janus(client_origin):
    """One Janus shared by the tests of this process that need no own one."""
    with prepared_janus() as janus:
        janus.configure(client_origin)
        janus.start()
        yield janus


@pytest.fixture
def janus(running_janus, settings):
    """The media server for MEDIA_SERVER=janus: a real one."""
    for name, value in running_janus.env.items():
        setattr(settings, name, value)
    return media_server()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def _libraries():
    """Return the folder of Janus' plugins on any processor architecture."""
    return next(Path("/usr/lib").glob("*/janus"))


def address_of_this_machine():
    """Return an IPv4 address of this machine other than loopback, which Janus does not use."""
    for _, name in socket.if_nameindex():
        address = _address_of(name)
        if address and not address.startswith("127."):
            return address
    raise RuntimeError("Janus sends media from no loopback address, and there is no other here.")


def _address_of(interface):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("256s", interface.encode()[:15])
        try:
            answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, request)
        except OSError:  # an interface without an address
            return None
    return socket.inet_ntoa(answer[20:24])
