"""A project keeps a bounded number of idempotent calls, and of bytes of their answers."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Sum
from django.utils import timezone

from access.idempotent_calls import IdempotencyUsage, IdempotentCall, prune_calls
from access.idempotent_calls.models import Octets
from rooms.models import Room
from tests.factories import RoomFactory
from tests.rooms.changes.test_concurrency import all_at_once
from tests.support.api import ROOMS_URL, client_of, nothing_changes
from tests.support.bulk import BULK_URL, NINE

pytestmark = pytest.mark.django_db
BOUND = 20_000
DAY_AGO = timedelta(hours=24, minutes=1)


@pytest.fixture(autouse=True)
def small_bounds(settings):
    settings.IDEMPOTENCY_BYTES, settings.IDEMPOTENCY_CALLS = BOUND, 40


def make(client, name):
    return client.post(ROOMS_URL, {"name": name}, HTTP_IDEMPOTENCY_KEY=name)


def shift(client, number, mode, *rooms):
    """Send a bulk request with a key of its own and 30 unknown ids."""
    ids = [str(room.pk) for room in rooms] + [str(UUID(int=one + 1)) for one in range(30)]
    body = {"select": {"ids": ids}, "change": {"shift": {"join_from": 60}}, "mode": mode}
    return client.post(BULK_URL, body, HTTP_IDEMPOTENCY_KEY=f"bulk-{number}")


def counted():
    return list(IdempotencyUsage.objects.values_list("calls", "octets"))


def stored():
    rows = IdempotentCall.objects.all()
    return [(rows.count(), rows.aggregate(octets=Sum(Octets("answer")))["octets"])]


def test_refused_bulk_requests_with_keys_store_nothing(api):
    assert {shift(api, number, "all").status_code for number in range(5)} == {422}
    assert counted() == [(0, 0)]
    assert not IdempotentCall.objects.exists()


def test_bulk_requests_with_unknown_ids_never_store_more_bytes_than_the_bound(api):
    for number in range(8):
        response = shift(api, number, "valid")
        assert response.status_code == 200
        assert counted() == stored()
        assert stored()[0][1] <= BOUND

    assert 8 * len(response.content) > 1.5 * BOUND
    assert stored()[0][0] == 8


def test_call_whose_answer_was_dropped_is_not_made_again(api, project):
    room = RoomFactory(project=project, join_from=NINE)
    first = [make(api, "lobby").status_code, shift(api, "first", "valid", room).status_code]
    for number in range(8):
        newest = shift(api, number, "valid")
    with nothing_changes():
        again = [make(api, "lobby"), shift(api, "first", "valid", room)]
        last = shift(api, 7, "valid")

    assert first == [200, 200]
    assert [response.status_code for response in again] == [409, 409]
    assert all("answered with 200" in response.json()["detail"] for response in again)
    assert not any(response.has_header("Retry-After") for response in again)
    assert last.content == newest.content


def test_answer_above_the_bound_is_sent_once_and_not_stored(api, settings):
    make(api, "lobby")
    settings.IDEMPOTENCY_BYTES = 1000
    before = counted()

    assert len(shift(api, 1, "valid").content) > 1000
    assert shift(api, 1, "valid").status_code == 409
    assert counted() == stored() == [(2, before[0][1])]


@pytest.mark.parametrize("send", [make, lambda client, name: shift(client, name, "valid")])
def test_call_above_the_number_is_refused_and_others_are_repeated(api, settings, send):
    settings.IDEMPOTENCY_CALLS = 2
    first = [make(api, "one"), make(api, "two")]
    with nothing_changes():
        refused = send(api, "three")
        again = [make(api, "one"), make(api, "two")]

    assert refused.status_code == 429
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    assert [response.content for response in again] == [response.content for response in first]
    assert counted() == stored()


@pytest.mark.parametrize("send", [make, lambda client, name: shift(client, name, "valid")])
def test_expired_calls_leave_space_without_a_worker(api, settings, send):
    settings.IDEMPOTENCY_CALLS = 1
    make(api, "one")
    IdempotentCall.objects.update(started_at=timezone.now() - DAY_AGO)

    assert send(api, "two").status_code == 200
    assert counted() == stored()


def test_expired_key_is_replaced_and_counted_once(api):
    make(api, "lobby")
    IdempotentCall.objects.update(started_at=timezone.now() - DAY_AGO)
    Room.objects.all().delete()

    assert make(api, "lobby").status_code == 200
    assert counted() == stored()
    assert stored()[0][0] == 1


@pytest.mark.django_db(transaction=True)
def test_bounds_are_exact_for_requests_at_once(token, settings):
    settings.IDEMPOTENCY_CALLS, settings.IDEMPOTENCY_BYTES = 4, 4000

    answers = all_at_once(lambda number: make(client_of(token), f"room-{number}"), 6)

    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 2
    assert Room.objects.count() == 4
    assert counted() == stored()
    assert stored()[0][1] <= 4000


def test_pruning_deletes_expired_calls_and_counts_the_rows_of_older_servers(api, project):
    make(api, "lobby")
    old = {"digest": "d", "started_at": timezone.now() - DAY_AGO, "answer": "ä"}
    for owner in (project.pk, project.pk, uuid4()):
        IdempotentCall.objects.create(project_id=owner, key=str(uuid4()), **old)

    assert prune_calls() == 3
    assert counted() == stored()
    assert prune_calls() == 0
