"""32 anonymous sign-ins at once, again each second."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.support import raw_http
from tests.support.raw_http import request
from tests.tools.faults.rounds import compare

AT_ONCE = 32
PATH = "/sign-in"
HOST = {"Host": "localhost"}


def run(service, options):
    yield compare(f"during {AT_ONCE} sign-ins at once", service, options, sign_in_again_and_again)


def sign_in_again_and_again(service, over):
    data = _wrong_password(service.server)

    def sign_in(_):
        return raw_http.send(service.server, data, "POST", timeout=60)

    with (
        ThreadPoolExecutor(AT_ONCE) as strangers,
        psycopg.connect(service.database.url, autocommit=True) as connection,
    ):
        while not over.is_set():
            end = time.monotonic() + 1
            # A paused stranger costs little, so none is paused.
            connection.execute("DELETE FROM access_failurecount")
            list(
                strangers.map(lambda _: raw_http.send(service.server, data, "POST"), range(AT_ONCE))
            )
            over.wait(max(0, end - time.monotonic()))


def _wrong_password(server):
    """Return the bytes of a sign-in with a CSRF token and a wrong password."""
    page = raw_http.send(server, request("GET", PATH, HOST, None), "GET")
    csrf = page.headers["set-cookie"].partition("csrftoken=")[2].partition(";")[0]
    headers = {
        **HOST,
        "Cookie": f"csrftoken={csrf}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = f"csrfmiddlewaretoken={csrf}&username=nobody&password=wrong".encode()
    return request("POST", PATH, headers, body)
