"""The OpenAPI document, and comparing the server's responses with it."""

import json
from datetime import timedelta

from jsonschema import Draft202012Validator, FormatChecker
from uuid_utils.compat import uuid7

from access.api.project_tokens import TOKEN_IDS
from access.webhooks.outbox import send_test
from config.openapi.responses import HEADERS
from config.openapi.views import description
from rooms.changes import change_chunk
from rooms.models import Room
from rooms.models.history import RoomChange
from sessions.models import RECORDING_IDS
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import (
    TESTS,
    CompositionFactory,
    MemberFactory,
    RecordingFactory,
    SessionFactory,
    TokenFactory,
    WebhookEndpointFactory,
)
from tests.support.api import client_of

DESCRIPTION = json.loads(json.dumps(description()))
OPERATIONS = {
    operation["operationId"]: (method, path)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}
NOWHERE = "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70"
NOTHING = {
    "room": NOWHERE,
    "session": NOWHERE,
    "log": NOWHERE,
    "recording": NOWHERE,
    "member": NOWHERE,
    "composition": NOWHERE,
    "change": 0,
    "bulk": NOWHERE,
    "webhook": NOWHERE,
    "delivery": 0,
    "api_token": NOWHERE,
}


def client_of_a_project():
    token = TokenFactory()
    client = client_of(token)
    client.project = token.project
    return client


def operation_of(name):
    method, path = OPERATIONS[name]
    return DESCRIPTION["paths"][path][method]


def parameters_of(name):
    return [resolved(parameter)["name"] for parameter in operation_of(name)["parameters"]]


def client_of_a_project_with_things():
    """Return a client for many operations: send() uses the same live or ended session for all."""
    client = client_of_a_project()
    client.things = {ended: things_of(client.project, ended=ended) for ended in (True, False)}
    return client


BODIES = {
    "create_room": {"name": "new"},
    "update_room": {},
    "patch_room": {"quality": "1080p"},
    "change_rooms": {"select": {"filter": {}}, "change": {"set": {"quality": "1080p"}}},
    "create_room_token": {"room_name": "standup"},
    "patch_room_session": {"max_members": 5},
    "report_room_session_recording": {"uri": "https://films.example/1.mp4"},
    "create_webhook": {"url": "https://example.org/greenroom"},
    "update_webhook": {"event_types": ["room.ended"]},
    "create_api_token": {"name": "new", "permissions": ["video"]},
    "patch_api_token": {"name": "changed"},
}


OF_A_LIVE_SESSION = {"patch_room_session"}


def showing(project, **more):
    """Return a body with a room token of the project."""
    return {"token": issue(Claims(project.pk, "standup")), **more}


def things_of(project, **session):
    """Return ids for the parameters of paths: a room, its session, one of its bulk changes, …."""
    session = SessionFactory(room__project=project, **session)
    began, finished = session.start_time, session.start_time + timedelta(minutes=1)
    is_over = session.end_time is not None
    stay = {"left": True, "leave_time": finished} if is_over else {}
    member = MemberFactory(session=session, join_time=began, **stay)
    recording = RecordingFactory(session=session, ended=True, finished_at=finished)
    film = CompositionFactory(recording=recording)
    bulk_id = uuid7()
    edits = {session.room_id: {"max_members": 9}}
    change_chunk(Room.objects, edits, by=TESTS, bulk_id=bulk_id)
    change = RoomChange.objects.get(bulk_id=bulk_id)
    webhook = WebhookEndpointFactory(project=project)
    send_test(webhook, session.start_time)
    return {
        "webhook": webhook.pk,
        "delivery": webhook.deliveries.get().pk,
        "room": session.room_id,
        "session": session.pk,
        "log": session.pk,
        "recording": RECORDING_IDS.id_of(recording.pk),
        "composition": film.pk,
        "member": member.pk,
        "change": change.pk,
        "bulk": bulk_id,
        "api_token": TOKEN_IDS.id_of(TokenFactory(project=project).pk),
    }


def send(client, name, body=None, content_type="application/json", things=None, **extra):
    """Send a valid request for the operation `name`, with ids of its own project."""
    method, path = OPERATIONS[name]
    ended = name not in OF_A_LIVE_SESSION
    made = getattr(client, "things", {}).get(ended)
    things = things or made or things_of(client.project, ended=ended)
    bodies = BODIES | {"admit_member": showing(client.project)}
    if body is None and name in bodies:
        body = json.dumps(bodies[name])
    return client.generic(method.upper(), path.format(**things), body or "", content_type, **extra)


def assert_described(response, answer):
    """Check the body and headers of `response` against a documented response."""
    answer = resolved(answer)
    sent = {name for name in HEADERS if name in response.headers}
    required = {
        name for name, header in answer["headers"].items() if resolved(header).get("required")
    }
    # REST framework adds Allow to every response of a view.
    assert required <= sent <= {*answer["headers"], "Allow"}
    if "content" not in answer:
        assert response.content == b""
        return
    content_type = response.headers["Content-Type"].partition(";")[0]
    schema = answer["content"][content_type]["schema"]
    if content_type == "text/csv":
        return
    # Schemas allow additional fields for the future, but today's fields must be documented.
    validator_of(schema).validate(response.json())
    assert undescribed(schema, response.json()) == set()


def resolved(part):
    while "$ref" in part:
        found = DESCRIPTION
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def validator_of(schema):
    whole = {**schema, "components": DESCRIPTION["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def undescribed(schema, value):
    """Return the keys in `value`, at any depth, that its schema does not define."""
    if isinstance(value, list):
        items = next((part["items"] for part in parts_of(schema) if "items" in part), {})
        return {key for item in value for key in undescribed(items, item)}
    parts = parts_of(schema)
    if not isinstance(value, dict) or any("additionalProperties" in part for part in parts):
        return set()
    fields = {name: field for part in parts for name, field in part.get("properties", {}).items()}
    deeper = (undescribed(fields[key], value[key]) for key in value.keys() & fields.keys())
    return (value.keys() - fields.keys()).union(*deeper)


def parts_of(schema):
    """Return a schema and the schemas it consists of."""
    schema = resolved(schema)
    inner = [part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, [])]
    return [schema, *(part for one in inner for part in parts_of(one))]
