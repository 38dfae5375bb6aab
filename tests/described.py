"""The API's description, and how the tests hold the server against it."""

import json

from jsonschema import Draft202012Validator, FormatChecker

from config.answers import HEADERS
from config.docs import description
from tests.api import client_of
from tests.factories import SessionFactory, TokenFactory

DESCRIPTION = json.loads(json.dumps(description()))
OPERATIONS = {
    operation["operationId"]: (method, path)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}
NOWHERE = "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70"


def client_of_a_project():
    token = TokenFactory()
    client = client_of(token)
    client.project = token.project
    return client


def operation_of(name):
    method, path = OPERATIONS[name]
    return DESCRIPTION["paths"][path][method]


def send(client, name, body=None, content_type="application/json", session=None, **extra):
    """Send what the operation `name` asks for, to a session of its own and that one's room."""
    method, path = OPERATIONS[name]
    session = session or SessionFactory(room__project=client.project, ended=True)
    if body is None:
        body = {"post": '{"name": "new"}', "put": "{}", "patch": '{"quality": "1080p"}'}.get(method)
    path = path.format(room=session.room_id, session=session.pk)
    return client.generic(method.upper(), path, body or "", content_type, **extra)


def assert_described(response, answer):
    """Check the body and the headers of `response` against a response of the description."""
    answer = resolved(answer)
    sent = {name for name in HEADERS if name in response.headers}
    required = {
        name for name, header in answer["headers"].items() if resolved(header).get("required")
    }
    # REST framework names the methods in every answer of a view.
    assert required <= sent <= {*answer["headers"], "Allow"}
    if "content" not in answer:
        assert response.content == b""
        return
    assert response.headers["Content-Type"] == "application/json"
    schema = answer["content"]["application/json"]["schema"]
    # The schemas are open, so that fields may be added; what is there today is described.
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
    """Return the keys in `value`, at any depth, that its schema does not know."""
    schema = resolved(schema)
    if isinstance(value, list):
        return {key for item in value for key in undescribed(schema["items"], item)}
    if not isinstance(value, dict) or "additionalProperties" in schema:
        return set()
    options = [resolved(option) for option in schema.get("oneOf", [])]
    fields = next((option for option in options if "properties" in option), schema)["properties"]
    deeper = (undescribed(fields[key], value[key]) for key in value.keys() & fields.keys())
    return (value.keys() - fields.keys()).union(*deeper)
