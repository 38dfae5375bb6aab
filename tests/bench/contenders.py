"""What is measured: a server on a database, as a side that requests are sent to.

Today there is one contender, ours, on two databases. Another one (stock REST framework, the same
by hand on another framework, pgbench as the floor) is one more function here that yields a Side.
"""

import base64
import contextlib
import http.client
import json
import re
import tempfile
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg

from tests.bench.rows import Rows, load
from tests.live import Server, manage, start_server

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
    as_person: dict[str, str]


@contextlib.contextmanager
def ours(cluster, sizes):
    """Yield a Side for each number of rooms: our server, as in production."""
    with contextlib.ExitStack() as up:
        env = environment(up.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-bench-")))
        secret = prepare({**env, "DATABASE_URL": cluster.url})
        # One after the other: what is filled is no template any more.
        urls = {rooms: cluster.copy(f"rooms_{rooms}") for rooms in sizes}
        sides = []
        for rooms, url in urls.items():
            found = load(url, rooms)
            server = up.enter_context(start_server({**env, "DATABASE_URL": url}))
            person = {"Cookie": _sign_in(server)}
            sides.append(Side(f"{rooms:,} rooms", server, found, basic(secret), person))
        yield sides


def environment(data):
    return {
        **{"GREENROOM_DATA": data, "SECRET_KEY": "b" * 64, "ALLOWED_HOSTS": "127.0.0.1"},
        **{"DEBUG": "false", "HTTPS": "false", "WORKERS": str(WORKERS)},
        # A connection waits as long as the other side's round takes.
        "BODY_TIMEOUT": "60",
    }


def prepare(env):
    """Make the tables, a person and a token; return the token's user and password."""
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "collectstatic", "--noinput", "--verbosity", "0")
    manage(env, "shell", "-c", MAKE_USER)
    said = manage(env, "create_token", "--project", "Bench", "--scope", "video", "--json")
    token = json.loads(said)
    return f"{token['project_id']}:{token['token']}"


def basic(secret):
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def _sign_in(server):
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


def log_statements(cluster, on):
    """Let the database write every statement to its log, or no longer."""
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
        connection.execute("SELECT pg_reload_conf()")
