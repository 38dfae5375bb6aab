"""Statements sent directly by libpq: same results, effects and errors as through the driver."""

import uuid

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from access.database.postgresql.prepared import MOST, PreparedCursor
from access.database.prepared_queries import prepared_cursor
from access.models import ApiToken
from rooms.models import Room, RoomFinder
from tests.factories import RoomFactory, SessionFactory, TokenFactory
from tests.support.api import columns_of

# Without a transaction around the test, because statements in a transaction go through the driver.
pytestmark = [pytest.mark.of_postgresql, pytest.mark.django_db(transaction=True)]

AWKWARD = {
    "display_name": "Größer — 大きい 100 % %s",
    "description": None,
    "join_from": "1970-01-01T00:00:00.000001Z",
    "join_until": "2030-06-01T12:34:56.789+02:00",
    "meta": {"big": 2**70, "e": 1e300, "deep": [{"é": None}]},
}


def run(sql, *parameters):
    with prepared_cursor(connection) as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def is_by_libpq():
    return isinstance(prepared_cursor(connection), PreparedCursor)


def test_rows_equal_the_orms_rows():
    room = RoomFactory(**AWKWARD)
    session = SessionFactory(room=room)
    token = TokenFactory(project=room.project, scopes=["video"], allowed_networks="::1\n")

    # Nothing is prepared behind pgbouncer, so statements go through the driver.
    assert is_by_libpq() is not settings.PGBOUNCER
    found = RoomFinder(room.project_id).get_by_id(room.pk)
    assert columns_of(found) == columns_of(Room.objects.get(pk=room.pk))
    assert columns_of(found.active_session) == columns_of(session._meta.model.objects.get())
    caller = ApiToken.find(token.secret)
    assert columns_of(caller) == columns_of(ApiToken.objects.get(pk=token.pk))
    assert columns_of(caller.project) == columns_of(room.project)


def test_parameters_and_results_are_equal():
    sent = (7, "a ' and a \\ and é", True, None, uuid.uuid4(), RoomFactory().created_at)

    [row] = run("SELECT %s::int, %s::text, %s::bool, %s::text, %s::uuid, %s::timestamptz", *sent)

    assert row == sent
    assert run("SELECT 'a %%s', %s::text", "b") == [("a %s", "b")]


def test_fetchall_and_fetchone_return_the_rows():
    three = "SELECT n FROM generate_series(1, 3) n WHERE n > %s"

    assert run(three, 0) == [(1,), (2,), (3,)]
    with prepared_cursor(connection) as cursor:
        cursor.execute(three, [1])
        assert (cursor.fetchone(), cursor.rowcount) == ((2,), 2)
        cursor.execute(three, [9])
        assert (cursor.fetchone(), cursor.rowcount) == (None, 0)


def test_error_is_the_drivers_and_the_connection_stays_usable():
    room = RoomFactory()
    rename = "UPDATE rooms_room SET max_members = %s WHERE id = %s"

    with pytest.raises(IntegrityError, match="max_members"):
        run(rename, 0, room.pk)

    assert run("SELECT 1") == [(1,)]
    assert Room.objects.get(pk=room.pk).max_members == room.max_members


def test_failed_prepare_is_not_remembered():
    for _ in range(2):
        with pytest.raises(Exception, match="nothing_of_the_kind"):
            run("SELECT nothing_of_the_kind")


def test_lost_connection_raises_and_is_opened_again():
    sql = "SELECT pg_backend_pid()"
    [(first,)] = run(sql)
    with pytest.raises(OperationalError):
        run("SELECT pg_terminate_backend(pg_backend_pid())")

    # Django does this at the start of the next request.
    connection.close_if_unusable_or_obsolete()

    [(second,)] = run(sql)
    assert second != first


def test_statements_in_a_transaction_are_rolled_back():
    room = RoomFactory(max_members=5)
    change = "UPDATE rooms_room SET max_members = %s WHERE id = %s RETURNING 1"

    with transaction.atomic():
        assert not is_by_libpq()
        run(change, 6, room.pk)
        transaction.set_rollback(True)

    assert Room.objects.get(pk=room.pk).max_members == 5


def test_rollback_with_deallocate_all_breaks_no_later_statement():
    sql = "SELECT 7"
    run(sql)
    with transaction.atomic():
        # The driver prepares this statement, and sends DEALLOCATE ALL on rollback.
        run(sql)
        transaction.set_rollback(True)

    assert is_by_libpq()
    assert [run(sql), run("SELECT 8"), run(sql)] == [[(7,)], [(8,)], [(7,)]]


def test_query_counters_count_these_statements(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not is_by_libpq()
        run("SELECT 1")


def test_prepared_statements_are_limited_in_number():
    kept = (
        "SELECT count(*)::int, min(name) FILTER (WHERE statement LIKE %s)"
        " FROM pg_prepared_statements WHERE name LIKE %s"
    )
    names = set()

    for number in range(MOST + 20):
        assert run(f"SELECT {number}") == [(number,)]
        # A statement in constant use stays prepared.
        [(count, name)] = run(kept, "SELECT count%", "greenroom%")
        names.add(name)

    assert (count, len(names)) == (MOST, 1)
    assert run("SELECT 0") == [(0,)]


def test_statement_is_prepared_again_after_a_migration_changed_its_columns():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing AS SELECT 1 AS value")
    assert run("SELECT value FROM changing") == [(1,)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE changing ALTER value TYPE text")

    assert run("SELECT value FROM changing") == [("1",)]
    assert run("SELECT value FROM changing") == [("1",)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE changing")


def test_statements_can_be_replaced_after_deallocate_all():
    for number in range(MOST):
        run(f"SELECT {number}")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert run("SELECT 'another'") == [("another",)]
    assert run("SELECT 50") == [(50,)]
