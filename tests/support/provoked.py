"""Requests that provoke each status of the OpenAPI document."""

import json

from django.utils import timezone

from access.models import Project, WebhookDelivery, WebhookEndpoint
from access.webhooks.models import MOST_ENDPOINTS, DeliveryState
from rooms.changes import change_room
from rooms.models import Room
from sessions.media.deletion import delete_recording
from sessions.models import Recording, RecordingState
from tests.factories import TESTS, RoomFactory, TokenFactory, WebhookEndpointFactory
from tests.support.idempotency import begin
from tests.support.openapi import BODIES, NOTHING, OPERATIONS, send, showing, things_of


def as_nobody(client, name):
    client.credentials()
    return send(client, name)


def without_scope(client, name):
    token = TokenFactory(scopes=[], project=client.project)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.secret}")
    return send(client, name)


def to_nothing(client, name):
    return send(client, name, things=NOTHING)


def against_what_stands(client, name):
    """Send a request that conflicts with the state: a live room, an ended session, another stay.

    Recordings are in progress.
    """
    things = things_of(client.project, ended=name == "patch_room_session")
    change_room(Room.objects, things["room"], {"max_members": 8}, by=TESTS)
    address, body = OPERATIONS[name][1].format(**things), BODIES.get(name)
    if name == "create_webhook":
        WebhookEndpointFactory.create_batch(MOST_ENDPOINTS, project=client.project)
    else:
        WebhookEndpoint.objects.update(disabled_at=timezone.now())
        WebhookDelivery.objects.update(state=DeliveryState.DELIVERED)
    if name == "delete_room_recording_composition":
        delete_recording(Recording.objects.latest("pk"), by=TESTS)
    else:
        Recording.objects.update(state=RecordingState.RECORDING)
    taken = json.dumps(showing(client.project, member_id=str(things["member"])))
    sent = taken if name == "admit_member" else None
    response = send(client, name, sent, things=things)
    if response.status_code == 409:
        return response
    begin(client.project, "again", address, body)
    return send(client, name, sent, things=things, HTTP_IDEMPOTENCY_KEY="again")


def with_bad_values(client, name):
    body = '{"max_members": 0, "quality": "4k", "name": "", "override": 1, "mode": 1}'
    query = "page_size=0&page_token=x&dry_run=perhaps&at=x"
    return send(client, name, body, QUERY_STRING=query)


def where_versions_are_demanded(client, name):
    Project.objects.update(requires_if_match=True)
    return send(client, name)


def of_the_known_version(client, name):
    # The responses of a live room and session change with members, which the ETag does not cover.
    quiet = RoomFactory(project=client.project)
    ended = name == "get_room_session"
    things = things_of(client.project, ended=ended) | {"room": quiet.pk}
    known = send(client, name, things=things)["ETag"]
    return send(client, name, things=things, HTTP_IF_NONE_MATCH=known)


def but(**extra):
    return lambda client, name: send(client, name, **extra)


PROVOKED = {
    "200": send,
    "201": send,
    "204": send,
    "304": of_the_known_version,
    "400": but(HTTP_HOST="elsewhere.example"),
    "401": as_nobody,
    "403": without_scope,
    "404": to_nothing,
    "406": but(HTTP_ACCEPT="text/html"),
    "409": against_what_stands,
    "412": but(HTTP_IF_MATCH='"999"'),
    "413": but(body="x" * 600_000),
    "414": but(QUERY_STRING="q" * 9000),
    "415": but(body="{}", content_type="application/json; charset=rot13"),
    "422": with_bad_values,
    "428": where_versions_are_demanded,
    "431": but(HTTP_X_LONG="a" * 9000),
}
