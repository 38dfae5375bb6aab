"""Two servers on a PostgreSQL with a replica whose replay a test can pause, and their clients.

Rows written during the pause are missing on the replica, so a response reveals its source.
"""

import copy
import json

import psycopg
import pytest
import requests
from django.conf import settings

from access.database.routing import REPLICA_MODELS
from tests.support.api import ROOMS_URL
from tests.support.postgres import cluster
from tests.support.processes import eventually
from tests.support.server import manage, start_server
from tests.support.standby import standby

METRICS = "a-token-for-prometheus"
# Longer than any test pauses the replica.
NO_LIMIT = "3600"

MADE = """
import json
from django.core.management import call_command

call_command("migrate", verbosity=0)
from django.contrib.auth.models import Permission
from django.test import Client
from access.models import Project
from sessions.models import RECORDING_IDS, SessionEventType
from tests.support.api import basic
from tests.factories import *

project = ProjectFactory()
ids = {"project": str(project.pk)}
names = ("writer", "other", "reader", "counts")
tokens = {name: TokenFactory(project=project, name=name) for name in names}
room = RoomFactory(project=project, name="lobby")
session = SessionFactory(room=room)
meeting = SessionFactory(room__project=project)
MemberFactory(session=session)
recording = RecordingFactory(session=session)
made = {"room": room, "session": session, "meeting": meeting}
ids |= {name: str(one.pk) for name, one in made.items()}
ids["recording"] = str(RECORDING_IDS.id_of(recording.pk))
ids["composition"] = str(CompositionFactory(recording=recording).pk)
people = {name: StaffFactory() for name in ("looks", "acts", "ends", "asks")}
people["guest"] = StaffFactory(is_superuser=False)
people["guest"].user_permissions.set(Permission.objects.filter(codename__startswith="view_"))

def cookie(person):
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value

print(json.dumps({
    "ids": ids,
    "tokens": {name: basic(project.pk, token.secret) for name, token in tokens.items()},
    "people": {name: cookie(person) for name, person in people.items()},
    "guest": people["guest"].pk,
}))
"""


class World:
    """Two servers on one primary and its replica, with API clients and staff users."""

    def __init__(self, primary, replica, fronts, made):
        self.primary, self.replica, self.fronts = primary, replica, fronts
        self.ids, self.guest = made["ids"], made["guest"]
        self.headers = {name: {"Authorization": text} for name, text in made["tokens"].items()}
        self.people = {}
        for name, cookie in made["people"].items():
            self.people[name] = browser = requests.Session()
            browser.cookies.update({"sessionid": cookie, "csrftoken": "c" * 32})
            browser.headers["X-CSRFToken"] = "c" * 32

    def at(self, url):
        """Return a copy that uses the server at this URL."""
        other = copy.copy(self)
        other.fronts = [url]
        return other

    def call(self, who, method, path, body=None, front=0, **headers):
        url = self.fronts[front] + path.format_map(self.ids)
        if who in self.people:
            return self.people[who].request(method, url, data=body, timeout=60)
        headers = {**self.headers[who], **headers}
        return requests.request(method, url, json=body, headers=headers, timeout=60)

    def get(self, who, path=f"{ROOMS_URL}/{{room}}", **more):
        return self.call(who, "GET", path, **more)

    def put(self, who, **body):
        return self.call(who, "PUT", f"{ROOMS_URL}/{{room}}", body)

    def make_room(self, who, name):
        response = self.call(who, "POST", ROOMS_URL, {"name": name})
        assert response.status_code == 200, response.text
        return response.json()

    def everywhere(self, who, path=f"{ROOMS_URL}/{{room}}"):
        """Return the responses that `who` gets from each server."""
        return [self.get(who, path, front=number).json() for number in range(len(self.fronts))]

    def condition(self, front=0):
        ready = requests.get(self.fronts[front] + "/readyz", timeout=60)
        assert ready.status_code == 200
        assert ready.json()["ready"] is True
        return ready.json()["checks"]["replica"]

    def is_read(self):
        return all(self.condition(number) == "ok" for number in range(len(self.fronts)))

    def write_behind(self, sql, *values):
        """Write directly to the primary, without Greenroom."""
        with psycopg.connect(self.primary.url) as connection:
            connection.execute(sql, values)


@pytest.fixture(scope="session")
def replica_env():
    # One thread each, because each new connection to the replica must first check its lag.
    own = {
        "GREENROOM_DATA": str(settings.DATA_DIR),
        "SECRET_KEY": "twin" * 16,
        "ROOM_TOKEN_KEYS": "",
    }
    return {**own, "WORKERS": "1", "THREADS": "1", "METRICS_TOKEN": METRICS}


@pytest.fixture(scope="session")
def world(replica_env):
    with cluster() as primary:
        env = {**replica_env, "DATABASE_URL": primary.url}
        made = json.loads(manage(env, "shell", "-v", "0", "-c", MADE).splitlines()[-1])
        with standby(primary) as replica, replica.asked() as asked:
            env |= {"REPLICA_URL": replica.url, "REPLICA_LAG_SECONDS": NO_LIMIT}
            with start_server(env) as one, start_server(env) as other:
                yield World(primary, replica, [one.url, other.url], made)
        # No test may have read other tables from the replica than these.
        assert set().union(*asked) <= MAY_BE_NAMED


# A room is read together with its project's name and its webhook endpoints.
MAY_BE_NAMED = {label.replace(".", "_") for label in REPLICA_MODELS}
MAY_BE_NAMED |= {"access_project", "access_webhookendpoint"}


@pytest.fixture
def held(world):
    """The world while the replica is in use with its replay paused."""
    eventually(world.is_read)
    with world.replica.held_back():
        yield world
