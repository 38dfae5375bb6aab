"""Each error that means "not now" is a 503, and each other one is a 500."""

import pytest
from django.db import OperationalError, connection, transaction
from psycopg.errors import _sqlcodes as sqlstates

from access.database.outages import OUTAGES, ignored_outage, outage_behind
from rooms.models import Room
from tests.support.api import nothing_changes, room_url

PASSING = sorted(code for code in sqlstates if len(code) == 5 and code[:2] in OUTAGES)
NAMED = ["25006", "57P01", "57P05", "53100", "53300", "08006", "40001", "40P01", "55P03", "57014"]
TRIGGER = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused by a test' USING ERRCODE = '{code}'; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


@pytest.fixture
def refusing(transactional_db):
    """Return a function that makes PostgreSQL refuse each update of rooms with a code."""

    def refuse(code):
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION IF EXISTS refuse CASCADE")
            cursor.execute(TRIGGER.format(code=code, table=Room._meta.db_table))

    yield refuse
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS refuse CASCADE")


@pytest.mark.of_postgresql
def test_each_outage_is_answered_with_retry_after_and_changes_nothing(refusing, api, room):
    answers = {}
    with nothing_changes():
        for code in PASSING:
            refusing(code)
            response = api.put(room_url(room), {"max_members": 5})
            answers[code] = response.status_code, int(response.headers["Retry-After"]) > 0

    assert answers == dict.fromkeys(PASSING, (503, True))
    assert set(NAMED) <= set(PASSING)


@pytest.mark.of_postgresql
@pytest.mark.parametrize("code", ["54000", "42P01", "XX000", "P0001", "2F002"])
def test_other_errors_are_raised(refusing, api, room, code):
    refusing(code)
    api.raise_request_exception = False

    assert api.put(room_url(room), {"max_members": 5}).status_code == 500


def test_outage_is_found_behind_the_error_that_it_caused():
    outage, error = OperationalError("away"), ValueError()
    error.__context__ = outage

    assert outage_behind(error) is outage
    assert outage_behind(outage) is outage
    assert outage_behind(ValueError()) is None


@pytest.mark.django_db
def test_only_outages_are_ignored():
    with ignored_outage():
        raise OperationalError("away")
    with pytest.raises(transaction.TransactionManagementError), ignored_outage():
        raise transaction.TransactionManagementError
