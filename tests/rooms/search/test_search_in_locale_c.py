"""The search on a PostgreSQL database that knows only the case of ASCII letters, with its index."""

import json

import psycopg
import pytest
from django.conf import settings as ours

from tests.support.postgres import DATABASE, cluster
from tests.support.searches import NAME_PAIRS, PAIRS
from tests.support.server import manage

pytestmark = [pytest.mark.own_database, pytest.mark.long]

SEARCH = """
import json
from django.db import connection
from rooms.models import Room
from rooms.models.searchable import NAME
from tests.factories import ProjectFactory, RoomFactory
from tests.support.searches import NAME_PAIRS, NAMES, PAIRS, TEXTS

def found(search, *texts):
    return sorted(Room.objects.found(search, *texts).values_list("name", flat=True))

def plan(search, *texts):
    return Room.objects.found(search, *texts).order_by().explain()

project = ProjectFactory()
for name, text in TEXTS.items():
    RoomFactory(project=project, name=name, display_name=text)
by_both = [found(search) for search, _ in PAIRS]
for name in NAMES:
    RoomFactory(project=project, name=name)
by_name = [found(search, NAME) for search, _ in NAME_PAIRS]
with connection.cursor() as cursor:
    # Any plan is good for few rooms, so only the possible use of an index is checked.
    cursor.execute("SET enable_seqscan = off")
    cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
    has_index = bool(cursor.fetchone()[0])
plans = [plan("ward 5 evening"), plan("ward, party"), plan("lobby north", NAME)]
print(json.dumps([by_both, by_name, has_index, plans]))
"""


@pytest.fixture(scope="module")
def answers():
    with cluster(extension="pg_trgm") as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE in_c TEMPLATE template0 LOCALE 'C'")
        env = {
            "DATABASE_URL": f"{database.url.removesuffix(DATABASE)}in_c",
            "GREENROOM_DATA": str(ours.DATA_DIR),
            "SECRET_KEY": "locale" * 10,
        }
        manage(env, "migrate", "--verbosity", "0")
        yield json.loads(manage(env, "shell", "--verbosity", "0", "--command", SEARCH))


def test_search_ignores_case_and_accents_in_locale_c(answers):
    by_both, by_name, *_ = answers

    assert by_both == [sorted(names) for _, names in PAIRS]
    assert by_name == [sorted(names) for _, names in NAME_PAIRS]


def test_search_uses_its_index(answers):
    *_, has_index, plans = answers

    assert [("room_search_text" in plan) for plan in plans] == [has_index] * 3
