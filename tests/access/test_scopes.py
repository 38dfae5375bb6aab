"""Each request needs a scope: every route and method, with a token of each scope."""

import re
import uuid

import pytest

from access.models import ApiToken, Scope
from tests.factories import RoomFactory
from tests.support import api_routes as routes
from tests.support.api import TOKENS_URL, client_of, nothing_changes, room_url
from tests.support.changes import CHANGE

pytestmark = pytest.mark.django_db
READING = {"get", "head", "options"}
# The scopes for reading and for changing, by the beginnings of routes; the first one decides.
AREAS = (
    (routes.ROOM_TOKENS, "tokens:issue", "tokens:issue"),
    (routes.WEBHOOKS, "webhooks", "webhooks"),
    (routes.API_TOKENS, "management", "management"),
    *((start, "sessions:read", "sessions:write") for start in (routes.SESSIONS, routes.LOGS)),
    (routes.RECORDINGS, "sessions:read", "sessions:write"),
    (routes.ROOMS, "rooms:read", "rooms:write"),
)


def needed(route, method):
    """Return the scope that a request needs; a new route without a row fails here."""
    read, write = next(
        row[1:] for row in AREAS if route == row[0] or route.startswith(f"{row[0]}/")
    )
    return read if method in READING else write


def scoped(token, *scopes):
    ApiToken.objects.filter(pk=token.pk).update(scopes=list(scopes))
    return client_of(token)


def sent(client, route, method):
    path = re.sub(r"<int:\w+>", "1", re.sub(r"<str:\w+>", str(uuid.uuid4()), route))
    return client.generic(method.upper(), f"/{path}", "{}", content_type="application/json")


@pytest.mark.parametrize("scope", [scope.value for scope in Scope])
def test_each_request_needs_its_scope(token, scope):
    client = scoped(token, scope)

    for route, method in routes.CALLS:
        if (route, method) in routes.PUBLIC:
            continue
        scope_of, answer = needed(route, method), sent(client, route, method)
        scopes = {scope_of} if scope_of == "management" else {scope_of, "video"}
        assert (answer.status_code != 403) is (scope in scopes), (route, method, answer.content)
        if answer.status_code == 403 and method != "head":
            assert needed(route, method) in answer.json()["detail"]


def test_token_without_its_scope_changes_nothing(token, room):
    client = scoped(token, "rooms:read", "sessions:write")

    with nothing_changes():
        assert client.put(room_url(room), CHANGE).status_code == 403
        assert client.delete(room_url(room)).status_code == 403


def test_scopes_of_a_token_add_up(token, room):
    client = scoped(token, "rooms:read", "rooms:write")

    assert client.get(room_url(room)).status_code == 200
    assert client.put(room_url(room), CHANGE).status_code == 200


def test_room_token_that_creates_its_room_needs_the_scope_for_rooms(token):
    client = scoped(token, "tokens:issue")
    room = RoomFactory(project=token.project)
    body = {"room_name": room.name, "user_name": "Ada"}

    refused = client.post(TOKENS_URL, body)
    assert refused.status_code == 403
    assert "auto_create_room" in refused.json()["detail"]
    assert "rooms:write" in refused.json()["detail"]
    assert client.post(TOKENS_URL, {**body, "auto_create_room": False}).status_code == 200
    assert scoped(token, "tokens:issue", "rooms:write").post(TOKENS_URL, body).status_code == 200
