"""docs/deploy/nginx.conf in front of a server."""

from contextlib import ExitStack

import pytest
from django.conf import settings

from tests.factories import RoomFactory
from tests.support import nginx
from tests.support.api import ROOMS_URL, room_url
from tests.support.framing import FIVE, json_headers, max_members
from tests.support.raw_http import request
from tests.support.server import start_server
from tests.support.unread import FILE, SIZE

HOST = {"Host": nginx.NAME}
FILE_REQUEST = request("GET", FILE, HOST, None)
OTHER = "127.0.0.2"


@pytest.fixture(scope="module")
def running_proxy(server_env):
    if nginx.PROGRAM is None:
        pytest.skip(nginx.MISSING)
    # Few connections: nginx must not keep one for a client that does not read.
    limits = {"WORKERS": "1", "CONNECTIONS": "8", "CONNECTIONS_PER_ADDRESS": "7"}
    behind = {"PROXIES": "1", "HTTPS": "true", "ALLOWED_HOSTS": nginx.NAME}
    with (
        start_server({**server_env, **limits, **behind}) as server,
        nginx.nginx_before(server) as proxy,
    ):
        yield proxy


@pytest.fixture
def proxy(running_proxy, transactional_db):
    return running_proxy


@pytest.fixture
def headers(token):
    return {**json_headers(token), **HOST}


def put(room, headers):
    return request("PUT", room_url(room), headers, FIVE)


def test_limits_equal_those_of_the_server():
    site = nginx.SITE.read_text(encoding="utf-8")

    assert f"client_max_body_size {settings.API_FILE_BYTES // 1024**2}m;" in site
    assert f"limit_conn greenroom_clients {settings.CONNECTIONS_PER_ADDRESS};" in site
    assert f"send_timeout {settings.SEND_TIMEOUT}s;" in site
    assert f"client_body_timeout {settings.BODY_TIMEOUT}s;" in site


def test_change_file_and_csv_stream_pass_through(proxy, token, room, headers):
    RoomFactory(project=token.project, description="d" * 500)

    changed = proxy.send(put(room, headers), "PUT")
    file = proxy.send(FILE_REQUEST)
    csv = proxy.send(request("GET", ROOMS_URL, {**headers, "Accept": "text/csv"}, None))

    assert changed.status == 200
    assert max_members(room) == 5
    # A weak ETag could not be used in If-Match.
    assert changed.headers["etag"].startswith('"')
    assert (file.status, len(file.body) > SIZE) == (200, True)
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(csv.body.splitlines()) == 3


def test_plain_http_and_internal_paths_are_refused(proxy):
    assert proxy.status_without_tls("/sign-in") == 301
    assert proxy.status_without_tls(ROOMS_URL) == 403
    for path in ("/metrics", "//metrics", "/%6detrics", "/media/janus/events"):
        assert proxy.send(request("GET", path, HOST, None)).status == 404


def test_bodies_and_headers_have_the_limits_of_the_server(proxy, headers):
    bulk = f"{ROOMS_URL}/bulk?dry_run=true"
    csv = {**headers, "Content-Type": "text/csv"}

    fits = proxy.send(request("POST", bulk, csv, b"a" * settings.API_FILE_BYTES), "POST")
    large = proxy.send(request("POST", bulk, {**csv, "Content-Length": 9 * 1024**2}), "POST")
    long = proxy.send(request("GET", ROOMS_URL, {**headers, "X-Long": "a" * 9000}, None))

    assert (fits.status, large.status, long.status) == (422, 413, 431)
    assert long.json()["error"] == "Request Header Fields Too Large"


def test_limits_count_the_address_of_the_client(proxy, room, headers):
    wrong = request("GET", ROOMS_URL, {**HOST, "Authorization": "Bearer gr_wrong"}, None)

    answers = [proxy.send(wrong, source=OTHER).status for _ in range(21)]

    assert (answers[0], answers[-1]) == (401, 429)
    assert proxy.send(wrong).status == 401
    assert f"{OTHER} - - " in proxy.log()


def test_unread_responses_stop_neither_the_server_nor_other_clients(proxy, room, headers):
    with ExitStack() as stack:
        for _ in range(100):
            unread = stack.enter_context(proxy.connect(buffer=2048))
            # The kernel takes the first response.
            unread.sendall(FILE_REQUEST * 4)
            # nginx counts the request before it responds.
            assert unread.recv(1) == b"H"

        refused = proxy.send(FILE_REQUEST)
        file = proxy.send(FILE_REQUEST, source=OTHER)
        changed = proxy.send(put(room, headers), "PUT", source=OTHER)

    assert (refused.status, refused.headers["retry-after"]) == (429, "5")
    assert refused.json()["error"] == "Too Many Requests"
    assert (file.status, changed.status) == (200, 200)
    assert max_members(room) == 5
