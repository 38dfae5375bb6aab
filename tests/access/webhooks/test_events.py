"""The outbox: events are written in the change's transaction, for endpoints that chose them."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import WebhookDelivery, WebhookEvent
from access.webhooks.outbox import emit
from rooms.bulk.engine import Bulk, chunks_of
from rooms.changes import change_room, create_room, delete_room
from rooms.models import Room, RoomChange
from sessions.lifecycle import admit, end
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL, room_url
from tests.support.webhook_events import event_bodies

pytestmark = pytest.mark.django_db


def test_change_event_equals_the_history_entry(api, room, token, endpoint):
    response = api.put(room_url(room), {"max_members": 30, "join_until": "2030-01-01T12:00:00Z"})

    (event,) = event_bodies()
    entry = RoomChange.objects.filter(room_id=room.pk).latest("version")
    assert response.status_code == 200
    assert event == {
        "type": "room.settings_changed",
        "timestamp": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": {
            "room_id": str(room.pk),
            "room_name": room.name,
            "version": 2,
            "changes": {"max_members": [20, 30], "join_until": [None, "2030-01-01T12:00:00Z"]},
            "author": {"kind": "token", "id": str(token.pk), "name": entry.author_name},
            "door": "api",
            "channel": "api",
            "request_id": response.headers["X-Request-Id"],
            "bulk_id": None,
        },
    }
    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.key, delivery.state) == (endpoint, room.pk, "pending")


def test_room_events_from_creation_to_deletion(project, endpoint):
    room = create_room(project.pk, {"name": "lobby"}, by=TESTS).room
    change_room(Room.objects, room.pk, {"layout": "1x1"}, by=TESTS)
    delete_room(Room.objects, room.pk, by=TESTS)

    types = [(event["type"], event["data"]["version"]) for event in event_bodies()]
    assert types == [("room.created", 1), ("room.settings_changed", 2), ("room.deleted", 3)]
    assert event_bodies()[0]["data"]["changes"]["name"] == [None, "lobby"]
    assert event_bodies()[2]["data"]["changes"]["layout"] == ["1x1", None]


@pytest.mark.parametrize("body", [{}, {"max_members": 20}, {"max_members": 0}, {"colour": "red"}])
def test_no_event_without_a_change(api, room, endpoint, body):
    api.put(room_url(room), body)

    assert event_bodies() == []


def test_no_event_for_a_dry_run(api, room, endpoint):
    api.put(f"{room_url(room)}?dry_run=true", {"max_members": 5})
    api.post(f"{ROOMS_URL}?dry_run=true", {"name": "lobby"})
    api.delete(f"{room_url(room)}?dry_run=true")

    assert event_bodies() == []


def test_no_event_when_deleting_a_live_room_is_refused(api, room, endpoint):
    SessionFactory(room=room)

    assert api.delete(room_url(room)).status_code == 409
    assert event_bodies() == []


def test_no_event_after_a_rollback(room, endpoint):
    with transaction.atomic():
        change_room(Room.objects, room.pk, {"max_members": 5}, by=TESTS)
        assert len(event_bodies()) == 1
        transaction.set_rollback(True)

    assert event_bodies() == []


def test_any_text_is_sent_unchanged(project, endpoint):
    text = 'Büro "7" 😀 </script>\n'
    room = create_room(project.pk, {"name": "a", "description": text}, by=TESTS).room
    emit(project.pk, "room.ended", {"by": "\ud800 \0"}, key=room.pk, at=timezone.now())

    created, ended = event_bodies()
    assert created["data"]["changes"]["description"] == [None, text]
    assert ended["data"] == {"by": "\ud800 \0"}
    assert all(event.body.isascii() for event in WebhookEvent.objects.all())


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return sum("access_webhook" in query["sql"] for query in captured)


def test_bulk_change_needs_three_more_statements_a_chunk(project, endpoint):
    RoomFactory.create_batch(30, project=project)
    WebhookDelivery.objects.all().delete()
    WebhookEvent.objects.all().delete()
    bulk = Bulk(Room.objects, by=TESTS, id=uuid.uuid4())

    def work():
        bulk.run(bulk.changing(chunks_of(Room.objects, {"max_members": 7})), lambda _: None)

    # The fourth is the select of the rooms, which also looks for endpoints.
    assert statements(work) == 4
    assert len(event_bodies()) == 30
    assert {event["data"]["bulk_id"] for event in event_bodies()} == {str(bulk.id)}
    assert WebhookDelivery.objects.count() == 30


def test_bulk_change_without_endpoints_writes_no_events(project):
    RoomFactory.create_batch(3, project=project)
    bulk = Bulk(Room.objects, by=TESTS, id=uuid.uuid4())

    def work():
        bulk.run(bulk.changing(chunks_of(Room.objects, {"max_members": 7})), lambda _: None)

    assert statements(work) == 1


def test_session_events_become_webhook_events(room, endpoint):
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    claims = Claims(project_id=room.project_id, room_name=room.name, user_name="Ada")
    admission = admit(claims, by=TESTS, at=noon)
    end(RoomSession.objects, admission.session.pk, at=noon + timedelta(hours=1))

    types = [event["type"] for event in event_bodies()]
    started, joined, left, ended = event_bodies()
    assert types == ["room.started", "member.joined", "member.left", "room.ended"]
    for event in event_bodies():
        assert event["data"]["room_id"] == str(room.pk)
        assert event["data"]["room_name"] == room.name
        assert event["data"]["room_session_id"] == str(admission.session.pk)
    assert started["timestamp"] == "2030-01-01T12:00:00Z"
    assert joined["data"]["member"]["name"] == "Ada"
    assert left["data"]["reason"] == "session_ended"
    assert ended["timestamp"] == "2030-01-01T13:00:00Z"
    assert set(WebhookDelivery.objects.values_list("key", flat=True)) == {room.pk}


def test_event_with_a_past_or_future_time_is_due_now(room, endpoint):
    emit(room.project_id, "room.ended", {}, key=room.pk, at=datetime(2030, 1, 1, tzinfo=UTC))

    assert WebhookDelivery.objects.get().due_at <= timezone.now()
    assert WebhookEvent.objects.get().created_at <= timezone.now()
