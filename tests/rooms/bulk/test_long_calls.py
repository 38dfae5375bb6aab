"""CSV files and bulk changes leave threads to others."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse

from access.http.errors import ApiError
from access.http.long_calls import PER_OWNER, Slots, slots
from tests.factories import StaffFactory
from tests.support import raw_http
from tests.support.api import ROOMS_URL, nothing_changes
from tests.support.framing import get
from tests.support.raw_http import request
from tests.support.server import start_server

CHANGE = {"select": {"filter": {}}, "change": {"set": {"max_members": 5}}}
BULK = f"{ROOMS_URL}/bulk"
ROWS = b"name,description\n" + b"".join(b"q%d,%s\n" % (n, b"d" * 20) for n in range(3000))


@pytest.fixture
def occupied():
    """Occupy every slot of this process with a call of another project."""
    taken = []
    while slots().taken.total() < slots().most:
        taken.append(f"other {len(taken)}")
        slots().take(taken[-1])
    yield
    for owner in taken:
        slots().free(owner)


def long_calls(api):
    revert = f"{BULK}/0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70/revert"
    yield api.post(BULK, CHANGE, format="json")
    yield api.post(BULK, "name\nnew\n", content_type="text/csv")
    yield api.post(revert, {}, format="json")
    yield api.get(ROOMS_URL, HTTP_ACCEPT="text/csv")


def test_long_call_without_a_slot_is_429_and_changes_nothing(api, room, occupied):
    with nothing_changes():
        responses = list(long_calls(api))

    assert [response.status_code for response in responses] == [429] * 4
    assert all(int(response.headers["Retry-After"]) > 0 for response in responses)
    assert "Try again in 2 seconds." in responses[0].json()["detail"]


def test_short_calls_need_no_slot(api, room, occupied):
    assert api.get(ROOMS_URL).status_code == 200
    assert api.put(f"{ROOMS_URL}/{room.pk}", {"max_members": 5}, format="json").status_code == 200


@pytest.mark.parametrize(
    ("name", "method"), [("import", "post"), ("export", "get"), ("history-export", "get")]
)
def test_page_with_a_csv_file_needs_a_slot(client, db, name, method, occupied):
    client.force_login(StaffFactory(is_superuser=True))

    assert client.get(reverse("import")).status_code == 200
    response = getattr(client, method)(reverse(name))

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("end", [b"".join, lambda response: None])
def test_every_call_gives_its_slot_back(api, room, end):
    for _ in range(2 * slots().most):
        for response in long_calls(api):
            end(response)
            assert response.status_code != 429
            del response
        # The test client's responses refer to themselves.
        gc.collect()

    assert slots().taken.total() == 0


def test_threads_change_sooner_while_a_long_call_runs():
    one = Slots(2)
    before = sys.getswitchinterval()
    one.take("a")
    one.take("b")
    one.free("a")
    assert sys.getswitchinterval() < before / 10
    one.free("b")
    assert sys.getswitchinterval() == before


def test_project_has_two_slots_and_others_the_rest():
    owned = Slots(PER_OWNER + 1)
    for _ in range(PER_OWNER):
        owned.take("one")

    with pytest.raises(ApiError):
        owned.take("one")
    owned.take("two")
    with pytest.raises(ApiError):
        owned.take("three")

    owned.free("one")
    owned.take("three")


def test_others_are_answered_while_long_calls_run(server_env, transactional_db, room, token):
    env = {**server_env, "WORKERS": "1", "THREADS": "4"}
    headers = {
        "Host": "localhost",
        "Authorization": f"Bearer {token.secret}",
        "Content-Type": "text/csv",
    }
    data = request("POST", f"{BULK}?create=true&dry_run=true", headers, ROWS)
    with start_server(env) as server, ThreadPoolExecutor(8) as clients:
        bulk = [clients.submit(raw_http.send, server, data, "POST", timeout=60) for _ in range(8)]
        answered = 0
        while not all(call.done() for call in bulk):
            assert raw_http.send(server, get(room, token)).status == 200
            answered += 1

    statuses = sorted(call.result().status for call in bulk)
    assert set(statuses) <= {200, 429}
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert answered > 2
