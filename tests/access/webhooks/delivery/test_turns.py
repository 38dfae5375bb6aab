"""One worker at a time has an endpoint's turn; a dead or slow worker loses it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from access.models import WebhookAttempt, WebhookEndpoint
from access.webhooks.client import WebhookClient
from access.webhooks.dispatcher import WebhookDispatcher
from access.webhooks.leases import LEASE, HeldTurns, end_turn, take_turn, waiting_endpoints
from access.webhooks.turns import send_due
from tests.factories import WebhookEndpointFactory
from tests.support.processes import eventually
from tests.support.webhook_delivery import FAIL, change, sizes, states, turn
from tests.support.webhook_receiver import Receiver, answer, hang

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def test_only_one_of_two_workers_gets_the_turn(endpoint, now):
    assert take_turn(endpoint.pk, now) is not None
    assert take_turn(endpoint.pk, now) is None


def test_turn_of_a_dead_worker_expires_and_nothing_is_lost(endpoint, receiver, room, now):
    change(room, 5)
    take_turn(endpoint.pk, now)

    assert not turn(endpoint, now + LEASE - timedelta(seconds=1))
    assert turn(endpoint, now + LEASE)

    assert len(receiver.messages) == 1


def test_slow_worker_does_not_overwrite_its_successors_results(endpoint, receiver, room, now):
    change(room, 5, 6)

    def overtake(connection, receiver):
        # A second worker takes over and finishes while the first one waits for this response.
        receiver.script.append(answer(200))
        turn(endpoint, now + LEASE)
        FAIL(connection, receiver)

    receiver.script = [overtake]
    turn(endpoint, now)

    assert states() == [("delivered", 1), ("delivered", 1)]
    assert [size for _, size in sizes(receiver)] == [5, 5, 6]
    endpoint.refresh_from_db()
    assert endpoint.failures == 0


def test_failure_seen_by_a_replaced_worker_is_not_counted(endpoint, receiver, room, now):
    change(room, 5)

    def overtake(connection_, receiver):
        receiver.script.append(FAIL)
        turn(endpoint, now + LEASE)
        connection.close()
        FAIL(connection_, receiver)

    receiver.script = [overtake]
    turn(endpoint, now)

    assert states() == [("pending", 1)]
    assert WebhookAttempt.objects.count() == 1
    endpoint.refresh_from_db()
    assert endpoint.failures == 1


def test_worker_replaced_between_two_calls_sends_no_more(endpoint, receiver, room, now):
    change(room, 5, 6)
    mine = take_turn(endpoint.pk, now)
    others = []

    def overtake():
        others.append(take_turn(endpoint.pk, now + LEASE))
        return False

    send_due(endpoint.pk, mine, WebhookClient(), clock=lambda: now, after_request=overtake)
    end_turn(endpoint.pk, mine, now)

    assert len(receiver.messages) == 1
    endpoint.refresh_from_db()
    # It does not end the other worker's turn either.
    assert [endpoint.turn] == others


@pytest.fixture
def slow(project, room):
    """A receiver that holds its calls until the test ends, with one event on its way."""
    with Receiver() as slow:
        slow.usually = hang
        WebhookEndpointFactory(project=project, url=slow.url())
        change(room, 5)
        yield slow


@pytest.fixture
def workers(slow):
    """Two workers that share the database; they stop after the slow receiver."""
    workers = [WebhookDispatcher(WebhookClient(seconds=60)) for _ in range(2)]
    yield workers
    slow.closing.set()
    for worker in workers:
        worker.stop()


def let_the_turn_run_out():
    WebhookEndpoint.objects.update(next_turn_at=F("next_turn_at") - LEASE)


def is_renewed(worker):
    """Let a worker look for due deliveries; return whether the turn has been renewed."""
    before = WebhookEndpoint.objects.get().next_turn_at
    worker.deliver_due(timezone.now())
    return WebhookEndpoint.objects.get().next_turn_at > before


def test_worker_renews_the_turn_of_a_slow_call(slow, workers):
    first, second = workers
    first.deliver_due(timezone.now())
    slow.wait_for(1)
    for _ in range(2):
        let_the_turn_run_out()
        eventually(lambda: is_renewed(first))
        second.deliver_due(timezone.now())

    assert second.deliver_due(timezone.now()) == 0
    assert slow.connections == 1


def test_turn_of_a_worker_that_no_longer_renews_it_goes_to_another(slow, workers):
    first, second = workers
    first.deliver_due(timezone.now())
    slow.wait_for(1)
    second.deliver_due(timezone.now())
    assert slow.connections == 1
    let_the_turn_run_out()

    second.deliver_due(timezone.now())

    slow.wait_for(2)
    assert not is_renewed(first)


@pytest.mark.of_postgresql
# A change that queues events locks the key, and Django admin the row.
@pytest.mark.parametrize(
    ("lock", "renewed"),
    [
        ("SELECT 1 FROM access_webhookendpoint WHERE id = %s FOR KEY SHARE", 2),
        ("SELECT 1 FROM access_webhookendpoint WHERE id = %s FOR UPDATE", 1),
    ],
    ids=["key", "row"],
)
def test_locked_row_does_not_delay_the_renewal_of_others(project, room, endpoint, lock, renewed):
    held = HeldTurns()
    for each in (endpoint, WebhookEndpointFactory(project=project)):
        held.add(each.pk, take_turn(each.pk))
    let_the_turn_run_out()
    ended = WebhookEndpoint.objects.filter(next_turn_at__lte=Now())
    other = connection.copy()
    other.set_autocommit(False)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute(lock, [endpoint.pk])
        held.renew()
        assert ended.count() == 2 - renewed
        other.rollback()


def test_turn_is_renewed_while_its_worker_stops(slow, workers):
    worker = workers[0]
    worker.deliver_due(timezone.now())
    slow.wait_for(1)
    let_the_turn_run_out()
    with ThreadPoolExecutor() as pool:
        stopping = pool.submit(worker.stop)
        stopping.add_done_callback(lambda _: connection.close())
        eventually(lambda: waiting_endpoints(timezone.now()) == [])
        slow.closing.set()
        stopping.result()

    assert WebhookEndpoint.objects.get().turn is None


def test_turn_of_a_thread_that_hangs_is_not_renewed(slow, workers, monkeypatch):
    monkeypatch.setattr("access.webhooks.leases.RENEWED_AT_MOST", 0.0)
    monkeypatch.setattr("access.webhooks.leases.RENEW_EVERY", 0.0)
    workers[0].deliver_due(timezone.now())
    slow.wait_for(1)

    assert not is_renewed(workers[0])


def test_only_as_many_turns_are_started_as_the_project_may_use_threads(project, room):
    with Receiver() as silent:
        silent.usually = hang
        for _ in range(5):
            WebhookEndpointFactory(project=project, url=silent.url())
        change(room, 5)
        dispatcher = WebhookDispatcher(WebhookClient(seconds=60), threads=4)
        for _ in range(3):
            dispatcher.deliver_due(timezone.now())
        silent.wait_for(2)
        assert WebhookEndpoint.objects.exclude(turn=None).count() == 2

    dispatcher.stop()
    assert len(silent.messages) == 2


def test_stop_finishes_the_current_call_and_releases_the_turn(endpoint, receiver, room):
    dispatcher = WebhookDispatcher(WebhookClient(seconds=60))

    def stop(connection_, receiver):
        dispatcher.stopping.set()
        answer(200)(connection_, receiver)

    receiver.script = [stop]
    change(room, 5, 6)
    requests = dispatcher.deliver_due(timezone.now())
    dispatcher.stop()

    endpoint.refresh_from_db()
    assert states() == [("delivered", 1), ("pending", 0)]
    assert endpoint.turn is None
    # The first call counts the request if it ends at once.
    assert requests + dispatcher.deliver_due(timezone.now()) == 1
    assert len(receiver.messages) == 1


def test_turn_interrupted_by_a_database_error_is_released(endpoint, room, caplog):
    WebhookEndpoint.objects.update(url="https://receiver.example/")

    def break_off(name):
        raise OperationalError("the database is away")

    change(room, 5)
    dispatcher = WebhookDispatcher(WebhookClient(resolve=break_off))
    dispatcher.deliver_due(timezone.now())
    dispatcher.stop()

    endpoint.refresh_from_db()
    assert endpoint.turn is None
    assert states() == [("pending", 0)]
    assert "the database is away" in caplog.text
    assert turn(endpoint, timezone.now())
