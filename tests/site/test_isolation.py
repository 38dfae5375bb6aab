"""Access to every route and method of the API, for every kind of client."""

import uuid
from dataclasses import dataclass

import pytest
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from access.models import WebhookDelivery, WebhookEndpoint
from access.webhooks.outbox import send_test
from rooms.changes import change_chunk
from rooms.models import Room, RoomChange
from sessions.models import SessionEventType
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    TESTS,
    EventFactory,
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import ApiClient, client_of, nothing_changes

METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")


@dataclass(frozen=True)
class Row:
    """The status for the owner's token, and for a token of another project."""

    own: int
    foreign: int


ROOMS, ROOM = "api/video/rooms", "api/video/rooms/<str:room>"
HISTORY, REVERT = f"{ROOM}/history", f"{ROOM}/history/<int:change>/revert"
BULK, REVERT_BULK = f"{ROOMS}/bulk", f"{ROOMS}/bulk/<str:bulk>/revert"
SESSIONS, SESSION = "api/video/room_sessions", "api/video/room_sessions/<str:session>"
MEMBERS, EVENTS = f"{SESSION}/members", f"{SESSION}/events"
MEMBER, END = f"{MEMBERS}/<str:member>", f"{SESSION}/end"
ADMISSIONS, ADMISSION = f"{SESSIONS}/admissions", f"{ROOM}/admission"
SESSION_RECORDINGS = f"{SESSION}/recordings"
RECORDINGS, RECORDING = "api/video/room_recordings", "api/video/room_recordings/<str:recording>"
RECORDING_EVENTS = f"{RECORDING}/events"
ROOM_TOKENS = "api/video/room_tokens"
WEBHOOKS, WEBHOOK = "api/video/webhooks", "api/video/webhooks/<str:webhook>"
ROTATE, TEST, DELIVERIES = f"{WEBHOOK}/rotate", f"{WEBHOOK}/test", f"{WEBHOOK}/deliveries"
REDELIVER = f"{DELIVERIES}/<str:delivery>/redeliver"

# Lists are open to any project, and contain only its own rows.
TABLE = {
    (ROOMS, "get"): Row(200, 200),
    (ROOMS, "head"): Row(200, 200),
    (ROOMS, "options"): Row(200, 200),
    (ROOMS, "post"): Row(201, 201),
    (ROOM, "get"): Row(200, 404),
    (ROOM, "head"): Row(200, 404),
    (ROOM, "options"): Row(200, 200),
    (ROOM, "put"): Row(200, 404),
    (ROOM, "patch"): Row(200, 404),
    (ROOM, "delete"): Row(204, 404),
    (HISTORY, "get"): Row(200, 404),
    (HISTORY, "head"): Row(200, 404),
    (HISTORY, "options"): Row(200, 200),
    (REVERT, "post"): Row(200, 404),
    (REVERT, "options"): Row(200, 200),
    # GET reads a room named bulk, which does not exist here.
    (BULK, "get"): Row(404, 404),
    (BULK, "head"): Row(404, 404),
    (BULK, "options"): Row(200, 200),
    # The filter finds the other project's own rooms.
    (BULK, "post"): Row(200, 200),
    (REVERT_BULK, "post"): Row(200, 404),
    (REVERT_BULK, "options"): Row(200, 200),
    (SESSIONS, "get"): Row(200, 200),
    (SESSIONS, "head"): Row(200, 200),
    (SESSIONS, "options"): Row(200, 200),
    (SESSION, "get"): Row(200, 404),
    (SESSION, "head"): Row(200, 404),
    (SESSION, "options"): Row(200, 200),
    # The session has ended.
    (SESSION, "patch"): Row(409, 404),
    (END, "post"): Row(200, 404),
    (END, "options"): Row(200, 200),
    (MEMBER, "delete"): Row(204, 404),
    (MEMBER, "options"): Row(200, 200),
    # The room token belongs to the project, so another project cannot use it.
    (ADMISSIONS, "post"): Row(200, 403),
    (ADMISSIONS, "options"): Row(200, 200),
    (ADMISSION, "get"): Row(200, 404),
    (ADMISSION, "head"): Row(200, 404),
    (ADMISSION, "options"): Row(200, 200),
    (MEMBERS, "get"): Row(200, 404),
    (MEMBERS, "head"): Row(200, 404),
    (MEMBERS, "options"): Row(200, 200),
    (EVENTS, "get"): Row(200, 404),
    (EVENTS, "head"): Row(200, 404),
    (EVENTS, "options"): Row(200, 200),
    (SESSION_RECORDINGS, "get"): Row(200, 404),
    (SESSION_RECORDINGS, "head"): Row(200, 404),
    (SESSION_RECORDINGS, "options"): Row(200, 200),
    (RECORDINGS, "get"): Row(200, 200),
    (RECORDINGS, "head"): Row(200, 200),
    (RECORDINGS, "options"): Row(200, 200),
    (RECORDING, "get"): Row(200, 404),
    (RECORDING, "head"): Row(200, 404),
    (RECORDING, "options"): Row(200, 200),
    (RECORDING_EVENTS, "get"): Row(200, 404),
    (RECORDING_EVENTS, "head"): Row(200, 404),
    (RECORDING_EVENTS, "options"): Row(200, 200),
    # Every project gets tokens for its own rooms.
    (ROOM_TOKENS, "post"): Row(200, 200),
    (ROOM_TOKENS, "options"): Row(200, 200),
    (WEBHOOKS, "get"): Row(200, 200),
    (WEBHOOKS, "head"): Row(200, 200),
    (WEBHOOKS, "options"): Row(200, 200),
    (WEBHOOKS, "post"): Row(201, 201),
    (WEBHOOK, "get"): Row(200, 404),
    (WEBHOOK, "head"): Row(200, 404),
    (WEBHOOK, "options"): Row(200, 200),
    (WEBHOOK, "put"): Row(200, 404),
    (WEBHOOK, "delete"): Row(204, 404),
    (ROTATE, "post"): Row(200, 404),
    (ROTATE, "options"): Row(200, 200),
    (TEST, "post"): Row(201, 404),
    (TEST, "options"): Row(200, 200),
    (DELIVERIES, "get"): Row(200, 404),
    (DELIVERIES, "head"): Row(200, 404),
    (DELIVERIES, "options"): Row(200, 200),
    (REDELIVER, "post"): Row(200, 404),
    (REDELIVER, "options"): Row(200, 200),
}

# The OpenAPI document is public and contains no project data.
PUBLIC = {
    (route, method): 200 for route in ("api/schema", "api/docs") for method in ("get", "head")
} | {(route, "options"): 200 for route in ("api/schema", "api/docs")}

BULK_CHANGE = {"select": {"filter": {}}, "change": {"set": {"max_members": 5}}}
BODIES = {
    (ROOMS, "post"): {"name": "new"},
    (ROOM, "put"): {"max_members": 5},
    (ROOM, "patch"): {"max_members": 5},
    (BULK, "post"): BULK_CHANGE,
    (ROOM_TOKENS, "post"): {"room_name": "new"},
    (SESSION, "patch"): {"max_members": 5},
    (WEBHOOKS, "post"): {"url": "https://example.org/"},
    (WEBHOOK, "put"): {"description": "changed"},
}


def routes(patterns=None, prefix=""):
    """Return (route, view) of each path below api/, through all includes."""
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += routes(entry.url_patterns, route)
        elif route.startswith("api/"):
            found.append((route, entry.callback))
    return found


def methods(view):
    actions = getattr(view, "actions", None)
    view_class = getattr(view, "cls", None) or view.view_class
    known = {*actions, "options"} if actions else {m for m in METHODS if hasattr(view_class, m)}
    return known | {"head"} if "get" in known else known


CALLS = sorted((route, method) for route, view in routes() for method in methods(view))
every_call = pytest.mark.parametrize(("route", "method"), CALLS)
every_guarded_call = pytest.mark.parametrize(
    ("route", "method"), [call for call in CALLS if call not in PUBLIC]
)


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
    return EventFactory(session=session, type=SessionEventType.RECORDING_STARTED)


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
def call(session, change, recording, member, delivery):
    """Call a route with ids of the project's own room, session and changes."""
    values = {
        "<str:room>": session.room_id,
        "<str:session>": session.pk,
        "<int:change>": change.pk,
        "<str:recording>": recording.pk,
        "<str:member>": member.pk,
        "<str:bulk>": change.bulk_id,
        "<str:webhook>": delivery.endpoint_id,
        "<str:delivery>": delivery.pk,
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


@every_call
def test_every_route_has_a_row(route, method):
    assert (route, method) in TABLE or (route, method) in PUBLIC


def test_every_row_has_a_route():
    assert sorted([*TABLE, *PUBLIC]) == CALLS


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


@pytest.mark.parametrize("call_", sorted(PUBLIC))
@pytest.mark.django_db
def test_public_pages_are_open(call_):
    route, method = call_

    response = getattr(ApiClient(), method)(f"/{route}")

    assert response.status_code == PUBLIC[call_]


@pytest.mark.parametrize("route", [route for route, _ in routes()])
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
