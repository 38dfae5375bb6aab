"""Endpoints that fail: they pause, are disabled, and get their events when they are enabled."""

import logging
from datetime import timedelta

import pytest

from access.webhooks.retries import FAILING_AT_MOST
from tests.factories import RoomFactory
from tests.support.webhook_delivery import FAIL, change, sizes, turn
from tests.support.webhook_receiver import answer

# Deliveries are committed step by step, and receivers query the database in their own threads.
pytestmark = pytest.mark.django_db(transaction=True)


def test_failing_endpoint_pauses_regardless_of_waiting_events(endpoint, receiver, project, now):
    receiver.usually = FAIL
    for _ in range(5):
        RoomFactory(project=project)

    assert turn(endpoint, now)
    assert not turn(endpoint, now + timedelta(seconds=0.5))
    assert turn(endpoint, now + timedelta(seconds=1))
    assert not turn(endpoint, now + timedelta(seconds=2.5))
    assert turn(endpoint, now + timedelta(seconds=3))

    assert len(receiver.messages) == 3


def test_success_resets_the_failure_count(endpoint, receiver, room, now):
    receiver.script = [FAIL]
    change(room, 5)
    turn(endpoint, now)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (1, now)

    turn(endpoint, now + timedelta(minutes=1))

    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_endpoint_is_disabled_after_days_of_failures(endpoint, receiver, room, now, caplog):
    receiver.usually = FAIL
    change(room, 5)
    turn(endpoint, now)

    turn(endpoint, now + FAILING_AT_MOST - timedelta(seconds=1))
    endpoint.refresh_from_db()
    assert endpoint.disabled_at is None
    change(RoomFactory(project=room.project), 5)
    at = now + FAILING_AT_MOST + timedelta(minutes=1)
    with caplog.at_level(logging.ERROR):
        turn(endpoint, at)

    endpoint.refresh_from_db()
    assert endpoint.disabled_at == at
    assert endpoint.disabled_reason.startswith(f"Nothing could be delivered since {now:%Y-%m-%d}")
    assert endpoint.disabled_reason.endswith("Answered 500.")
    assert str(endpoint.pk) in caplog.text
    assert not turn(endpoint, now + timedelta(days=4))


def test_status_410_disables_at_once(endpoint, receiver, room, now):
    receiver.script = [answer(410)]
    change(room, 5, 6)

    turn(endpoint, now)

    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "It answered 410: it is gone for good."
    assert len(receiver.messages) == 1


def test_waiting_events_are_sent_when_the_endpoint_is_enabled(endpoint, receiver, room, now):
    change(room, 5)
    endpoint.disable("by hand", now)
    assert not turn(endpoint, now)
    change(room, 6)

    endpoint.enable(now)
    turn(endpoint, now)

    assert [size for _, size in sizes(receiver)] == [5]
