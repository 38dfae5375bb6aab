"""Read the URL of a PostgreSQL with libpq's own parser, so that psql reads it in the same way."""

import re
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

SCHEMES = re.compile(r"(postgres|postgresql|pgsql)://")
# The settings of Django and the parameters of libpq; all other parameters are OPTIONS.
SETTINGS = {
    "NAME": "dbname",
    "USER": "user",
    "PASSWORD": "password",
    "HOST": "host",
    "PORT": "port",
}
# A host with an @ is the end of a password, and one of digits is the port of another host.
HOST = re.compile(r"/.*|(?![0-9]+\Z)[^@/\s]*")
PORT = re.compile(r"(?!0+\Z)[0-9]{1,5}|")
PARAMETER = re.compile(r'query parameter: "[a-z_]{1,40}"\Z', re.IGNORECASE)
SECONDS = re.compile(r"[0-9]{1,6}")
# libpq reads the values of these when it connects, which is later than the start.
VALUES = {
    "target_session_attrs": re.compile("any|read-write|read-only|primary|standby|prefer-standby"),
    "sslmode": re.compile("disable|allow|prefer|require|verify-ca|verify-full"),
    "load_balance_hosts": re.compile("disable|random"),
    "connect_timeout": SECONDS,
    "keepalives_idle": SECONDS,
    "keepalives_interval": SECONDS,
    "keepalives_count": SECONDS,
    "keepalives": re.compile("[01]"),
    # Django sets it.
    "client_encoding": re.compile("utf-?8", re.IGNORECASE),
    "tcp_user_timeout": SECONDS,
}


def is_postgres_url(url: str) -> bool:
    return SCHEMES.match(url) is not None


def read_postgres_url(name: str, url: str) -> dict[str, Any]:
    """Return Django's settings of the database at `url`, the value of the variable `name`.

    HOST and PORT list all hosts, with commas. Raises ImproperlyConfigured, with a sentence that
    does not contain the password.
    """
    try:
        options = conninfo_to_dict(SCHEMES.sub("postgresql://", url, count=1))
    except psycopg.Error as fault:
        raise ImproperlyConfigured(f"{name}: {_reason(fault)}.") from None
    found = {setting: options.pop(key, "") for setting, key in SETTINGS.items()}
    if fault := _fault(found, options):
        raise ImproperlyConfigured(f"{name}: {fault}.")
    return {**found, "OPTIONS": options}


def _reason(fault: psycopg.Error) -> str:
    """Return libpq's sentence without its end, which may show a part of the password."""
    text = str(fault).strip()
    return text if PARAMETER.search(text) else re.split(":| in URI", text)[0]


def _fault(found: dict[str, Any], options: dict[str, Any]) -> str:
    if not found["NAME"] and "service" not in options:
        return "it names no database: write it after the hosts, as in postgres://host/name"
    return _fault_of_hosts(found["HOST"].split(","), found["PORT"].split(",")) or next(
        (
            f"{name}={options[name]} is not a value that Greenroom takes"
            for name, values in VALUES.items()
            if name in options and not values.fullmatch(options[name])
        ),
        "",
    )


def _fault_of_hosts(hosts: list[str], ports: list[str]) -> str:
    for host in hosts:
        if "@" in host:
            return "write an @ in the user or password as %40"
        if not HOST.fullmatch(host):
            return f"{host!r} is not a host: write each port after its host, as in a:5432,b:5432"
    for port in ports:
        if not PORT.fullmatch(port) or int(port or 1) > 65535:
            return "a port is not a number from 1 to 65535; write a / in the password as %2F"
    return "" if len(ports) in (1, len(hosts)) else f"{len(hosts)} hosts have {len(ports)} ports"
