"""The compared servers, each with its database.

Greenroom on two databases is here; its rivals are in tests/tools/bench/rivals.py.
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

USER, PASSWORD = "bench", "a password for the benchmark"
WORKERS = 2
# A usual member of staff: all permissions on rooms, and no superuser.
MAKE_USER = f"""
from django.contrib.auth.models import Permission, User
user = User.objects.create_user("{USER}", password="{PASSWORD}", is_staff=True)
user.user_permissions.set(Permission.objects.filter(content_type__app_label__startswith="room"))
"""


@dataclass
class Side:
    """One of the compared servers: it is running, and its database is filled."""

    name: str
    server: Server
    rows: Rows
    # The headers of an API client, and those of a signed-in user.
    api_headers: dict[str, str]
    page_headers: dict[str, str] = field(default_factory=dict)
    # Whether each change must return a new version as its ETag.
    is_versioned: bool = True
    url: str = ""


@contextlib.contextmanager
def greenroom(cluster, sizes):
    """Yield a Side for each number of rooms: Greenroom, configured as in production."""
    with contextlib.ExitStack() as stack:
        env = _environment(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-bench-"))
        )
        secret = _prepare({**env, "DATABASE_URL": cluster.url})
        # Create all copies before one is filled, because the copied database must be empty.
        urls = {rooms: cluster.copy(f"rooms_{rooms}") for rooms in sizes}
        sides = []
        for rooms, url in urls.items():
            start = time.perf_counter()
            loaded = load(url, rooms)
            print(f"{rooms:,} rooms loaded in {time.perf_counter() - start:.1f} s", flush=True)
            server = stack.enter_context(start_server({**env, "DATABASE_URL": url}))
            cookies = {"Cookie": sign_in(server)}
            sides.append(Side(f"{rooms:,} rooms", server, loaded, _basic(secret), cookies, url=url))
        yield sides


def _environment(data):
    return {
        **{"GREENROOM_DATA": data, "SECRET_KEY": "b" * 64, "ALLOWED_HOSTS": "127.0.0.1"},
        **{"DEBUG": "false", "HTTPS": "false", "WORKERS": str(WORKERS)},
        # A connection waits while the round of another server runs.
        "BODY_TIMEOUT": "60",
    }


def _prepare(env):
    """Create the tables, a user and a token; return the token's user name and password."""
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    manage(env, "shell", "-c", MAKE_USER)
    output = manage(env, "create_token", "--project", "Bench", "--scope", "video", "--json")
    token = json.loads(output)
    return f"{token['project_id']}:{token['token']}"


def _basic(secret):
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def sign_in(server):
    """Sign in through the form and return the cookies."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    path = "/admin/login/"
    connection.request("GET", path)
    response = connection.getresponse()
    cookie = response.headers["Set-Cookie"].split(";")[0]
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.read().decode())[1]
    form = urlencode({"username": USER, "password": PASSWORD, "csrfmiddlewaretoken": csrf})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, form, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 302:
        raise RuntimeError(f"Sign-in failed: status {response.status}.")
    return "; ".join(one.split(";")[0] for one in response.headers.get_all("Set-Cookie"))
