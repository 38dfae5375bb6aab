"""nginx in front of a server, with docs/deploy/nginx.conf."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import accepts_connections, end, free_port, wait_until
from tests.support.raw_http import receive
from tests.support.server import ROOT
from tests.support.webhook_receiver import CERTIFICATE

MISSING = "nginx is missing (Debian: apt install nginx)."
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SITE = ROOT / "docs/deploy/nginx.conf"
# The name of the certificate.
NAME = "receiver.example"

# It replaces Debian's /etc/nginx/nginx.conf, and uses only its own folder.
MAIN = """\
{user}
daemon off;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log {home}/access.log;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


@dataclass
class Nginx:
    """A running nginx; clients of any address of 127.0.0.0/8 reach it with and without TLS."""

    home: Path
    plain_port: int
    tls_port: int

    def log(self):
        return (self.home / "access.log").read_text(encoding="utf-8")

    def connect(self, source="127.0.0.1", buffer=None):
        """Return a connection with TLS; `buffer` is the size of the receive buffer."""
        connection = socket.socket()
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(20)
        connection.bind((source, 0))
        connection.connect(("127.0.0.1", self.tls_port))
        context = ssl.create_default_context(cafile=CERTIFICATE)
        return context.wrap_socket(connection, server_hostname=NAME)

    def send(self, data, method="GET", source="127.0.0.1"):
        with self.connect(source) as connection:
            connection.sendall(data)
            return receive(connection, method)

    def status_without_tls(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Host": NAME})
            return connection.getresponse().status


@contextlib.contextmanager
def nginx_before(server):
    """Yield an nginx with the file of the documentation, other ports and our certificate."""
    with tempfile.TemporaryDirectory(prefix="greenroom-nginx-") as folder:
        nginx = Nginx(Path(folder), free_port(), free_port())
        (nginx.home / "site.conf").write_text(_site(nginx, server), encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (nginx.home / "nginx.conf").write_text(MAIN.format(user=user, home=nginx.home))
        process = subprocess.Popen(_command(nginx.home), stderr=subprocess.DEVNULL)
        try:
            log = nginx.home / "error.log"
            wait_until(lambda: accepts_connections(nginx.tls_port), 30, process, log)
            yield nginx
        finally:
            end(process)


def _command(home):
    return [PROGRAM, "-p", home, "-e", home / "error.log", "-c", home / "nginx.conf"]


def _site(nginx, server):
    site = SITE.read_text(encoding="utf-8")
    for old, new in (
        ("    server 127.0.0.1:8000;", f"    server 127.0.0.1:{server.port};"),
        ("    listen 80;\n    listen [::]:80;", f"    listen 127.0.0.1:{nginx.plain_port};"),
        ("    listen 443 ssl;\n    listen [::]:443 ssl;", f"    listen {nginx.tls_port} ssl;"),
        ("    server_name rooms.example.org;", f"    server_name {NAME};"),
        ("/etc/letsencrypt/live/rooms.example.org/fullchain.pem", str(CERTIFICATE)),
        ("/etc/letsencrypt/live/rooms.example.org/privkey.pem", str(CERTIFICATE)),
    ):
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    return site
