"""Access to every route and method of the API, for every kind of client."""

import uuid

import pytest
from django.utils import timezone

from access.api.project_tokens import TOKEN_IDS
from access.models import WebhookDelivery, WebhookEndpoint
from access.webhooks.outbox import send_test
from rooms.changes import change_chunk
from rooms.models import Room, RoomChange
from sessions.models import RECORDING_IDS
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    TESTS,
    CompositionFactory,
    MemberFactory,
    ProjectFactory,
    RecordingFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import ApiClient, client_of, nothing_changes
from tests.support.api_routes import ADMISSIONS, BODIES, CALLS, PUBLIC, TABLE, routes
from tests.support.tables import each

every_guarded_call = each(("route", "method"), [call for call in CALLS if call not in PUBLIC])


@pytest.fixture
def session(room):
    return SessionFactory(room=room, ended=True)


@pytest.fixture
def change(session):
    """A change of the room that is part of a bulk change and can be reverted."""
    bulk_id = uuid.UUID(int=7)
    rooms = Room.objects.filter(pk=session.room_id)
    change_chunk(rooms, {session.room_id: {"max_members": 9}}, by=TESTS, bulk_id=bulk_id)
    return RoomChange.objects.get(bulk_id=bulk_id)


@pytest.fixture
def recording(session):
    return RecordingFactory(session=session, ended=True)


@pytest.fixture
def film(recording):
    return CompositionFactory(recording=recording)


@pytest.fixture
def member(session):
    return MemberFactory(session=session, left=True)


@pytest.fixture
def delivery(room):
    """A delivery in an end state, to an endpoint of the project."""
    endpoint = WebhookEndpointFactory(project=room.project)
    send_test(endpoint, timezone.now())
    WebhookDelivery.objects.update(state="delivered")
    return endpoint.deliveries.get()


@pytest.fixture
def call(session, change, film, member, delivery):
    """Call a route with ids of the project's own room, session and changes."""
    values = {
        "<str:room>": session.room_id,
        "<str:session>": session.pk,
        "<str:log>": session.pk,
        "<int:change>": change.pk,
        "<str:recording>": RECORDING_IDS.id_of(film.recording_id),
        "<str:composition>": film.pk,
        "<str:member>": member.pk,
        "<str:bulk>": change.bulk_id,
        "<str:webhook>": delivery.endpoint_id,
        "<str:delivery>": delivery.pk,
        "<str:api_token>": TOKEN_IDS.id_of(TokenFactory(project=session.project).pk),
    }

    claims = Claims(session.project_id, session.name)

    def make(client, route, method):
        path = route
        for part, value in values.items():
            path = path.replace(part, str(value))
        assert "<" not in path, f"no value for {route}"
        bodies = BODIES | {(ADMISSIONS, "post"): {"token": issue(claims)}}
        return getattr(client, method)(f"/{path}", *filter(None, [bodies.get((route, method))]))

    return make


@every_guarded_call
def test_anonymous_is_refused(call, route, method):
    with nothing_changes():
        response = call(ApiClient(), route, method)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"]
    assert method == "head" or response.json() == {"error": "Unauthorized"}


@pytest.mark.parametrize("trait", ["revoked", "expired"])
@every_guarded_call
def test_invalid_token_is_refused(call, project, route, method, trait):
    client = client_of(TokenFactory(project=project, **{trait: True}))

    with nothing_changes():
        response = call(client, route, method)

    assert response.status_code == 401
    assert method == "head" or response.json() == {"error": "Unauthorized"}


@every_guarded_call
def test_token_of_a_disabled_project_is_refused(call, api, project, route, method):
    project.is_active = False
    project.save()

    with nothing_changes():
        assert call(api, route, method).status_code == 401


@every_guarded_call
def test_token_without_the_scope_is_forbidden(call, client_for, route, method):
    with nothing_changes():
        response = call(client_for(scopes=[]), route, method)

    assert response.status_code == 403
    assert method == "head" or response.json() == {"error": "Forbidden"}


@every_guarded_call
def test_token_from_another_network_is_forbidden(call, client_for, route, method):
    with nothing_changes():
        response = call(client_for(allowed_networks="192.0.2.0/24"), route, method)

    assert response.status_code == 403


@every_guarded_call
def test_token_of_another_project_sees_and_changes_nothing(call, session, route, method):
    client = client_of(TokenFactory(project=ProjectFactory()))
    before = list(Room.objects.filter(project=session.project).values())

    webhooks = list(WebhookEndpoint.objects.values()), list(WebhookDelivery.objects.values())
    response = call(client, route, method)

    ours = WebhookEndpoint.objects.filter(project=session.project)
    assert (list(ours.values()), list(WebhookDelivery.objects.values())) == webhooks
    assert response.status_code == TABLE[route, method].foreign
    assert list(Room.objects.filter(project=session.project).values()) == before
    for ours in (session.room_id, session.pk, session.project_id):
        assert str(ours) not in response.content.decode()
    if response.status_code == 404:
        assert method == "head" or response.json() == {"error": "Not Found"}


@every_guarded_call
def test_projects_own_token_is_accepted(call, api, route, method):
    assert call(api, route, method).status_code == TABLE[route, method].own


@each("route", [route for route, _ in routes()])
def test_unsupported_methods_are_refused_and_change_nothing(call, api, route):
    known = {method for known_route, method in CALLS if known_route == route}

    for method in {"get", "post", "put", "patch", "delete", "trace"} - known:
        with nothing_changes():
            assert call(api, route, method).status_code == 405, method


def test_lists_of_two_projects_share_nothing(api, project, client_for):
    ours = RoomFactory(project=project)
    theirs = RoomFactory()
    foreign = client_for(project=theirs.project)

    listed = [
        [room["id"] for room in client.get("/api/video/rooms").json()["data"]]
        for client in (api, foreign)
    ]

    assert listed == [[str(ours.pk)], [str(theirs.pk)]]
