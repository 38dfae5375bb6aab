"""What is measured: a server on a database, as a side that requests are sent to.

Ours is here, on two databases; those beside it are in tests/tools/bench/rivals.py.
"""

import base64
import contextlib
import http.client
import json
import re
import tempfile
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.support.server import Server, manage, start_server
from tests.tools.bench.loading import load
from tests.tools.bench.rows import Rows

USER, PASSWORD = "bench", "a bench is for sitting on"
WORKERS = 2
# A person as most are: may do all of it to rooms, and is no superuser.
MAKE_USER = f"""
from django.contrib.auth.models import Permission, User
user = User.objects.create_user("{USER}", password="{PASSWORD}", is_staff=True)
user.user_permissions.set(Permission.objects.filter(content_type__app_label__startswith="room"))
"""


@dataclass
class Side:
    """One of the things compared: a server that runs, and what is in its database."""

    name: str
    server: Server
    rows: Rows
    # The headers of a program, and those of a person who has signed in.
    as_program: dict[str, str]
    as_person: dict[str, str] = field(default_factory=dict)
    # Whether each change must come with a version of its own, as its ETag.
    has_versions: bool = True
    url: str = ""


@contextlib.contextmanager
def ours(cluster, sizes):
    """Yield a Side for each number of rooms: our server, as in production."""
    with contextlib.ExitStack() as up:
        env = _environment(up.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-bench-")))
        secret = _prepare({**env, "DATABASE_URL": cluster.url})
        # One after the other: what is filled is no template any more.
        urls = {rooms: cluster.copy(f"rooms_{rooms}") for rooms in sizes}
        sides = []
        for rooms, url in urls.items():
            began = time.perf_counter()
            found = load(url, rooms)
            print(f"{rooms:,} rooms loaded in {time.perf_counter() - began:.1f} s", flush=True)
            server = up.enter_context(start_server({**env, "DATABASE_URL": url}))
            person = {"Cookie": sign_in(server)}
            sides.append(Side(f"{rooms:,} rooms", server, found, _basic(secret), person, url=url))
        yield sides


def _environment(data):
    return {
        **{"GREENROOM_DATA": data, "SECRET_KEY": "b" * 64, "ALLOWED_HOSTS": "127.0.0.1"},
        **{"DEBUG": "false", "HTTPS": "false", "WORKERS": str(WORKERS)},
        # A connection waits as long as the other side's round takes.
        "BODY_TIMEOUT": "60",
    }


def _prepare(env):
    """Make the tables, a person and a token; return the token's user and password."""
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    manage(env, "shell", "-c", MAKE_USER)
    said = manage(env, "create_token", "--project", "Bench", "--scope", "video", "--json")
    token = json.loads(said)
    return f"{token['project_id']}:{token['token']}"


def _basic(secret):
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def sign_in(server):
    """Sign in by the form, as a person does, and return the cookies."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    path = "/admin/login/"
    connection.request("GET", path)
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())[1]
    form = urlencode({"username": USER, "password": PASSWORD, "csrfmiddlewaretoken": csrf})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, form, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 302:
        raise RuntimeError(f"Signing in was answered {answer.status}.")
    return "; ".join(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie"))
