"""A connection whose server refused a write as read-only is not kept."""

import pytest
from django.db import InternalError, ProgrammingError, connection

from access.models import Project
from tests.factories import ProjectFactory

pytestmark = [pytest.mark.of_postgresql, pytest.mark.django_db(transaction=True)]


def refuse_writes():
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")


def ends_a_request():
    """Do what Django does at the end of a request; return whether the connection was kept."""
    connection.close_if_unusable_or_obsolete()
    return connection.connection is not None


def test_next_request_may_reach_a_server_that_accepts_writes():
    refuse_writes()
    with pytest.raises(InternalError):
        ProjectFactory()

    assert not ends_a_request()
    assert ProjectFactory() in Project.objects.all()


def test_connection_of_reads_is_kept():
    refuse_writes()
    assert not Project.objects.exists()

    assert ends_a_request()
    connection.close()


def test_connection_is_kept_after_another_error():
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing")

    assert ends_a_request()


def test_connection_to_the_replica_is_kept_after_an_error(monkeypatch):
    options = {"options": "-c default_transaction_read_only=on"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    refuse_writes()
    with pytest.raises(InternalError):
        ProjectFactory()

    assert ends_a_request()
    connection.close()
