"""DATABASE_URL and REPLICA_URL of a PostgreSQL: several hosts, IPv6, passwords, options."""

from urllib.parse import quote, urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler
from psycopg import pq

from config.database_urls import read_postgres_url
from config.databases import primary_at, replica_of


def read(url):
    return read_postgres_url("DATABASE_URL", url)


@pytest.mark.parametrize(
    ("hosts", "host", "port"),
    [
        ("one", "one", ""),
        ("one:5433", "one", "5433"),
        ("one:5432,two:5433", "one,two", "5432,5433"),
        ("one,two:5433,three", "one,two,three", ",5433,"),
        ("[::1]:5433", "::1", "5433"),
        ("[::1],[fe80::1]:5433,10.0.0.7", "::1,fe80::1,10.0.0.7", ",5433,"),
        ("%2Fvar%2Frun%2Fpostgresql", "/var/run/postgresql", ""),
        ("", "", ""),
    ],
)
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "pgsql"])
def test_hosts_and_ports_are_read(scheme, hosts, host, port):
    found = read(f"{scheme}://user:password@{hosts}/name")

    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, "name")


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p%40ss%2Fw%3Aord%25", "p@ss/w:ord%"),
        ("p:w", "p:w"),
        ("p%C3%A9", "pé"),
        ("p+w", "p+w"),
        ("p?w", "p?w"),
    ],
)
def test_password_is_decoded(written, password):
    assert read(f"postgres://us%40er:{written}@one/name")["PASSWORD"] == password
    assert read(f"postgres://us%40er:{written}@one/name")["USER"] == "us@er"


def test_options_of_libpq_are_kept():
    url = "postgres://one,two/name?target_session_attrs=read-write&connect_timeout=5"
    url += "&options=-csearch_path%3Drooms&sslmode=verify-full"

    options = primary_at(url, pgbouncer=False, data_dir=None)["OPTIONS"]

    assert options["target_session_attrs"] == "read-write"
    assert (options["connect_timeout"], options["sslmode"]) == ("5", "verify-full")
    assert options["options"].startswith("-c lock_timeout=5s ")
    # PostgreSQL takes the last value of a setting.
    assert options["options"].endswith(" -csearch_path=rooms")


def sample(parameter):
    """Return a value that libpq takes, and that Greenroom does not set itself."""
    samples = {
        "target_session_attrs": "primary",
        "sslmode": "require",
        "load_balance_hosts": "random",
        "keepalives": "0",
        "client_encoding": "utf8",
        "options": "-c statement_timeout=7s",
        "host": "seven",
    }
    return samples.get(parameter, "7")


def parameters_of(settings):
    """Return the parameters that Greenroom connects with."""
    return ConnectionHandler({"default": settings})["default"].get_connection_params()


def test_each_parameter_of_libpq_is_kept():
    primary = primary_at("postgres://one/name", pgbouncer=False, data_dir=None)
    for parameter in (option.keyword.decode() for option in pq.Conninfo.get_defaults()):
        url = f"postgres://one/name?{urlencode({parameter: sample(parameter)}, quote_via=quote)}"
        for settings in (primary_at(url, False, None), replica_of(primary, url)):
            kept = str(parameters_of(settings)[parameter])
            assert sample(parameter).casefold() in kept.casefold().replace("-8", "8"), parameter


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout", "timezone"])
def test_limits_in_the_url_come_after_the_limits_of_greenroom(limit):
    url = f"postgres://one/name?options=-c%20{limit}%3D7s"

    options = primary_at(url, pgbouncer=False, data_dir=None)["OPTIONS"]["options"]

    assert options.rindex(f"-c {limit}=7s") == options.rindex(f"-c {limit}=")


def test_options_that_pgbouncer_refuses_are_refused():
    with pytest.raises(ImproperlyConfigured, match="pgbouncer refuses options="):
        primary_at("postgres://one/name?options=-csearch_path%3Drooms", True, None)


def test_replica_does_not_look_for_a_host_that_accepts_writes():
    primary = primary_at(
        "postgres://one,two/name?target_session_attrs=read-write&sslmode=require", False, None
    )

    replica = replica_of(primary, "postgres://two:5433,three/name")

    assert (replica["HOST"], replica["PORT"]) == ("two,three", "5433,")
    assert "target_session_attrs" not in replica["OPTIONS"]
    assert replica["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ("h/name?pool=true", 'invalid URI query parameter: "pool".'),
        ("h/name?a", 'missing key/value separator "=" in URI query parameter: "a".'),
        ("h/name?target_session_attrs=master", "target_session_attrs=master is not a value"),
        ("h/name?sslmode=on", "sslmode=on is not a value"),
        ("h/name?connect_timeout=soon", "connect_timeout=soon is not a value"),
        ("h/name?keepalives_count=few", "keepalives_count=few is not a value"),
        ("h/name?client_encoding=latin1", "client_encoding=latin1 is not a value"),
        ("h", "it names no database"),
        ("h:5432a/name", "a port is not a number"),
        ("h:65536/name", "a port is not a number"),
        ("h:0/name", "a port is not a number"),
        ("one,two:5432,5433/name", "'5433' is not a host"),
        ("one,two/name?port=1,2,3", "2 hosts have 3 ports"),
        ("[::1/name", "end of string reached"),
    ],
)
def test_url_that_cannot_be_read_is_reported(rest, sentence):
    for name in ("DATABASE_URL", "REPLICA_URL"):
        with pytest.raises(ImproperlyConfigured) as refused:
            read_postgres_url(name, f"postgres://user:hidden@{rest}")
        assert str(refused.value).startswith(f"{name}: {sentence}")
        assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("password", ["a@hidden", "a/hidden", "%hidden", "hidden%"])
def test_password_that_is_not_encoded_is_refused_and_not_shown(password):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(f"postgres://user:{password}@one/name")

    assert "hidden" not in str(refused.value)
