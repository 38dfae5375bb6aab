"""Events are written for the enabled endpoints of the project that chose their types."""

import pytest
from django.utils import timezone

from access.models import WebhookEvent
from access.webhooks.models import WebhookEventType
from rooms.changes import change_room, create_room
from rooms.changes.audit import TYPES
from rooms.models import Room
from sessions.models import SessionEventType
from tests.factories import TESTS, WebhookEndpointFactory
from tests.support.webhook_events import event_bodies

pytestmark = pytest.mark.django_db


def test_only_endpoints_of_the_rooms_project_get_events(project, room, endpoint):
    foreign = WebhookEndpointFactory()

    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    assert not foreign.deliveries.exists()
    assert endpoint.deliveries.count() == 1


def test_endpoint_gets_its_chosen_event_types_or_all(project, room):
    deleted = WebhookEndpointFactory(project=project, event_types=["room.deleted"])
    changed = WebhookEndpointFactory(project=project, event_types=["room.settings_changed"])
    both = WebhookEndpointFactory(project=project)

    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    assert [e.deliveries.count() for e in (deleted, changed, both)] == [0, 1, 1]
    assert WebhookEvent.objects.count() == 1


def test_event_without_a_recipient_is_not_written(project, room):
    WebhookEndpointFactory(project=project, event_types=["room.deleted"])

    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    assert event_bodies() == []


def test_disabled_endpoint_gets_no_events(project, room, endpoint):
    endpoint.disable("by hand", timezone.now())

    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)

    assert event_bodies() == []


def test_disabled_endpoint_gets_no_events_while_others_do(project, room, endpoint):
    off = WebhookEndpointFactory(project=project, disabled_at=timezone.now())

    change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)
    create_room(project.pk, {"name": "lobby"}, by=TESTS)

    assert endpoint.deliveries.count() == 2
    assert not off.deliveries.exists()


def test_every_message_has_its_own_id(project, room, endpoint):
    for size in (5, 6, 7):
        change_room(Room.objects, room.pk, {"max_members": size}, by=TESTS)

    assert WebhookEvent.objects.values("message_id").distinct().count() == 3


def test_every_event_type_in_use_can_be_chosen():
    assert set(SessionEventType.values) | set(TYPES.values()) == set(WebhookEventType.values)
