"""Projects share the threads of each worker: slow receivers delay their own project only."""

from contextlib import ExitStack

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from access.webhooks.client import WebhookClient
from access.webhooks.dispatcher import THREADS, WebhookDispatcher
from access.webhooks.models import MOST_ENDPOINTS
from access.webhooks.outbox import send_test
from access.webhooks.shares import ThreadShares
from tests.factories import ProjectFactory, WebhookEndpointFactory
from tests.support.webhook_receiver import Receiver, hang

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)

# Each with all the endpoints that a project can have.
SLOW_PROJECTS = 2


@pytest.fixture
def slow():
    """A receiver that holds each call as long as it runs."""
    with Receiver() as slow:
        slow.usually = hang
        yield slow


@pytest.fixture
def workers(slow):
    """Two workers that share the database; they stop after the slow receiver."""
    with ExitStack() as stack:
        workers = [WebhookDispatcher(WebhookClient(seconds=60)) for _ in range(2)]
        for worker in workers:
            stack.callback(worker.stop)
        stack.callback(slow.closing.set)
        yield workers


def queue_calls(project, url, count):
    for _ in range(count):
        send_test(WebhookEndpointFactory(project=project, url=url), timezone.now())


def deliver(workers):
    for worker in workers:
        worker.deliver_due(timezone.now())


@pytest.mark.parametrize("count", [1, 2])
def test_slow_receivers_do_not_delay_another_project(workers, slow, receiver, project, count):
    workers = workers[:count]
    for one in [project, *ProjectFactory.create_batch(SLOW_PROJECTS - 1)]:
        queue_calls(one, slow.url(), MOST_ENDPOINTS)
    for _ in range(3):
        deliver(workers)
    held = min(SLOW_PROJECTS * MOST_ENDPOINTS, count * THREADS * 3 // 4)
    slow.wait_for(held)
    queue_calls(ProjectFactory(), receiver.url(), 1)

    deliver(workers)

    receiver.wait_for(1, seconds=3)
    assert len(slow.messages) == held


def test_project_uses_at_most_half_of_the_threads_and_the_next_one_half_of_the_rest():
    shares = ThreadShares(16)

    taken = [sum(shares.take(project) for _ in range(20)) for project in "abcdef"]

    assert taken == [8, 4, 2, 1, 1, 0]
    assert not shares.has_free()


def test_released_thread_goes_to_a_project_without_one():
    shares = ThreadShares(2)
    assert [shares.take(project) for project in "aab"] == [True, False, True]

    shares.release("a")

    assert [shares.take(project) for project in "bc"] == [False, True]


def test_single_thread_serves_one_project_after_the_other():
    shares = ThreadShares(1)
    assert [shares.take("a"), shares.take("b")] == [True, False]

    shares.release("a")

    assert shares.take("b")


def test_database_error_returns_the_thread_to_the_project(endpoint, receiver):
    send_test(endpoint, timezone.now())
    worker = WebhookDispatcher(WebhookClient(), threads=1)

    def break_updates(execute, sql, *arguments):
        if sql.startswith("UPDATE"):
            raise OperationalError("the database is away")
        return execute(sql, *arguments)

    with connection.execute_wrapper(break_updates), pytest.raises(OperationalError):
        worker.deliver_due(timezone.now())
    worker.deliver_due(timezone.now())
    worker.stop()

    assert len(receiver.messages) == 1
