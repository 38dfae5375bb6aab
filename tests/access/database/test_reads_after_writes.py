"""A client or staff that wrote reads its own writes, though the replica lacks them."""

import pytest

from tests.support.api import ROOMS_URL
from tests.support.processes import eventually
from tests.support.replica_fixtures import MAY_BE_NAMED


@pytest.mark.own_database
def test_client_reads_its_own_writes_at_once_on_every_server(held):
    before = held.get("reader").json()["max_members"]

    assert held.put("writer", max_members=before + 1).status_code == 200

    assert [room["max_members"] for room in held.everywhere("writer")] == [before + 1] * 2
    lists = held.everywhere("writer", ROOMS_URL)
    assert [one["data"][-1]["max_members"] for one in lists] == [before + 1] * 2
    history = held.everywhere("writer", f"{ROOMS_URL}/{{room}}/history")
    assert [one["data"][0]["changes"]["max_members"][1] for one in history] == [before + 1] * 2
    # Another client reads the replica's state.
    assert [room["max_members"] for room in held.everywhere("reader")] == [before] * 2


@pytest.mark.own_database
def test_client_reads_from_the_replica_again_once_it_has_caught_up(world):
    world.put("writer", description="seen")
    eventually(world.is_read)

    def asks_there():
        with world.replica.asked() as asked:
            assert world.get("writer").json()["description"] == "seen"
        return asked

    eventually(asks_there)


@pytest.mark.own_database
def test_after_a_stale_etag_was_refused_the_client_reads_the_current_room(held):
    known = held.get("other").headers["ETag"]
    held.put("writer", display_name=f"Changed after {known}")

    # The replica's ETag is stale, as its room is.
    stale = held.get("reader")
    assert stale.headers["ETag"] == known
    mine = {"description": "mine"}
    refused = held.call("other", "PUT", f"{ROOMS_URL}/{{room}}", mine, **{"If-Match": known})
    assert refused.status_code == 412
    # The client could repeat the refused request forever if it got the old version.
    assert held.get("other").headers["ETag"] == refused.headers["ETag"] != known


@pytest.mark.own_database
def test_room_missing_on_the_replica_is_read_from_the_primary(held):
    room = held.make_room("other", "just-made")

    found = held.get("reader", f"{ROOMS_URL}/{room['id']}")

    assert found.status_code == 200
    assert held.get("reader", f"{ROOMS_URL}/nobody").status_code == 404


@pytest.mark.own_database
def test_a_revoked_token_is_refused_at_once(held):
    assert held.get("reader").status_code == 200

    held.write_behind("UPDATE access_apitoken SET revoked_at = now() WHERE name = 'reader'")
    try:
        refused = [held.get("reader", front=number).status_code for number in range(2)]
    finally:
        held.write_behind("UPDATE access_apitoken SET revoked_at = NULL WHERE name = 'reader'")

    assert refused == [401, 401]


@pytest.mark.own_database
def test_staff_read_their_own_writes_at_once(held):
    can_be_ended = f"/sessions/{held.ids['meeting']}/end"
    page = "/sessions/{meeting}"
    assert can_be_ended in held.get("ends", page).text

    assert held.call("ends", "POST", f"{page}/end").status_code == 200

    assert [can_be_ended in held.get("ends", page, front=one).text for one in (0, 1)] == [False] * 2
    assert can_be_ended in held.get("looks", page).text


@pytest.mark.own_database
def test_staff_see_the_result_of_a_finished_job(held):
    held.make_room("other", "by-a-worker")
    assert "by-a-worker" not in held.get("looks", "/").text

    assert "wrote" in held.get("asks", "/jobs").cookies
    assert "by-a-worker" in held.get("asks", "/").text


@pytest.mark.own_database
def test_project_limit_applies_at_once(held):
    assert "lobby" in held.get("guest", "/").text

    held.write_behind("INSERT INTO access_stafflimit (user_id) VALUES (%s)", held.guest)
    try:
        with held.replica.asked() as asked:
            pages = [held.get("guest", page).text for page in ("/", "/history", "/sessions")]
    finally:
        held.write_behind("DELETE FROM access_stafflimit")

    assert not any("lobby" in page for page in pages)
    assert {name for named in asked for name in named} <= MAY_BE_NAMED
