"""Keys with brackets in forms: parts of lists and objects; every other one is refused."""

import re
from urllib.parse import urlencode

import pytest

from rooms.models import Room
from sessions.tokens.room_tokens import read_token
from tests.support.api import FORM, ROOMS_URL, TOKENS_URL, faults, nothing_changes, room_url
from tests.support.openapi import (
    BODIES,
    OPERATIONS,
    client_of_a_project,
    operation_of,
    resolved,
    send,
    showing,
    things_of,
)

pytestmark = pytest.mark.django_db


def form_of(name):
    content = operation_of(name).get("requestBody", {}).get("content", {})
    return resolved(content[FORM]["schema"])["properties"] if FORM in content else {}


def right_key(name, field):
    """Return the key with brackets that a form may have for this field, if any."""
    if not form_of(name)[field].get("contentMediaType"):
        return None
    return f"{field}[]" if json_type(name, field) == "array" else f"{field}[key]"


def json_type(name, field):
    content = operation_of(name)["requestBody"]["content"]["application/json"]
    kinds = resolved(content["schema"])["properties"][field]["type"]
    return next(kind for kind in kinds if kind != "null") if isinstance(kinds, list) else kinds


FIELDS = [(name, field) for name in OPERATIONS for field in form_of(name)]
RIGHT = [(name, right_key(name, field)) for name, field in FIELDS if right_key(name, field)]
WITH_FORMS = sorted({name for name, _ in FIELDS})
# In a form, only the fields with parts have brackets.
ODD = ["x[]", "x[a]", "[]", "[", "]", "[a]", "a[", "a]", "a]b[", "a[[b]]", "a[]b", "a[b]c"]


@pytest.fixture
def client():
    return client_of_a_project()


def pairs_of(client, name):
    body = {**BODIES, "admit_member": showing(client.project)}.get(name) or {}
    return list(body.items())


def sent(client, name, *more):
    body = urlencode([*pairs_of(client, name), *more])
    return send(client, name, body, content_type=FORM)


def test_operations_with_forms_are_known():
    assert [
        *("admit_member", "create_room", "create_room_token", "patch_room", "patch_room_session"),
        "update_room",
    ] == WITH_FORMS
    assert set(RIGHT) == {
        *((name, "meta[key]") for name in ("create_room", "patch_room", "update_room")),
        ("create_room_token", "permissions[]"),
        ("create_room_token", "meta[key]"),
        ("create_room_token", "room_meta[key]"),
    }


@pytest.mark.parametrize("name", WITH_FORMS)
def test_all_other_keys_with_a_bracket_are_refused_at_once(client, name):
    both = [key for field in form_of(name) for key in (f"{field}[]", f"{field}[key]")]
    wrong = [*(key for key in both if (name, key) not in RIGHT), *ODD]

    response = sent(client, name, *((key, "5") for key in wrong))

    assert faults(response) == [(key, "unknown_parameter") for key in wrong]
    message = response.json()["errors"][0]["message"]
    assert message.startswith(f"{wrong[0]} cannot be set: ")


@pytest.mark.parametrize(("name", "key"), RIGHT)
def test_parts_have_one_level(client, name, key):
    deeper = [f"{key}[]", f"{key}[a]", key.replace("[]", "[0]").replace("[key]", "[]")]

    response = sent(client, name, *((one, "5") for one in deeper))

    assert faults(response) == [(one, "unknown_parameter") for one in deeper]


@pytest.mark.parametrize(("name", "key"), [pair for pair in RIGHT if pair[1].endswith("[key]")])
def test_duplicate_key_of_an_object_is_a_bad_request(client, name, key):
    response = sent(client, name, (key, "5"), (key, "6"))

    assert response.status_code == 400
    assert response.json()["detail"] == "The body is not form-encoded: it has a duplicate key."


@pytest.mark.parametrize(("name", "key"), RIGHT)
def test_whole_field_beside_its_parts_is_a_bad_request(client, name, key):
    response = sent(client, name, (key, "5"), (key.partition("[")[0], ""))

    assert response.status_code == 400


def test_refused_key_changes_nothing(api, room):
    with nothing_changes():
        response = api.put_form(room_url(room), {"max_members": "5", "join_from[]": "5"})

    assert faults(response) == [("join_from[]", "unknown_parameter")]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_keys_of_an_object_are_stored_in_their_order_as_text(api, room, method):
    body = "meta[b]=1&meta[a.x y]=%C3%A4+%26&meta%5Bc%5D="

    response = getattr(api, method)(room_url(room), body, content_type=FORM)

    room.refresh_from_db()
    assert list(room.meta.items()) == [("b", "1"), ("a.x y", "ä &"), ("c", "")]
    assert response.json()["meta"] == room.meta


def test_parts_replace_the_object_as_a_whole(api, room):
    api.put(room_url(room), {"meta": {"old": 1}})

    response = api.put_form(room_url(room), {"meta[new]": "2"})

    assert response.json()["meta"] == {"new": "2"}


def test_new_room_has_the_keys_of_its_form(api):
    response = api.post_form(ROOMS_URL, {"name": "lobby", "meta[team]": "blue"})

    assert response.json()["meta"] == {"team": "blue"}
    assert Room.objects.get().meta == {"team": "blue"}


@pytest.mark.parametrize(
    "asked",
    [["room.self.audio_mute"], ["room.self.audio_mute", "room.self.deaf"]],
    ids=["one", "two"],
)
def test_room_token_has_exactly_the_permissions_of_its_form(api, project, asked):
    body = urlencode([("room_name", "a"), *(("permissions[]", one) for one in asked)])

    response = api.post(TOKENS_URL, body, content_type=FORM)

    claims = read_token(response.json()["token"], project.pk)
    assert list(claims.permissions) == asked


def test_room_token_has_the_objects_of_its_form(api, project):
    fields = {"room_name": "a", "meta[a]": "1", "room_meta[b]": "2", "meta[c]": "3"}

    response = api.post_form(TOKENS_URL, fields)

    claims = read_token(response.json()["token"], project.pk)
    assert (claims.meta, claims.room_meta) == ({"a": "1", "c": "3"}, {"b": "2"})


@pytest.mark.parametrize("value", ["", "room.lock,room.unlock", "nonsense"])
def test_invalid_element_of_a_list_is_refused(api, value):
    response = api.post_form(TOKENS_URL, {"room_name": "a", "permissions[]": value})

    assert faults(response) == [("permissions", "invalid_parameter")]


def test_repeated_key_without_brackets_is_a_bad_request(api):
    body = "room_name=a&permissions=room.lock&permissions=room.unlock"

    assert api.post(TOKENS_URL, body, content_type=FORM).status_code == 400


JSON_BODIES = [
    b'{"max_members": 30}',
    b' \r\n\t{"max_members": 30}',
    b'{"description": "a=b&c=d"}',
    b'{"description": "100%"}',
    '{"description": "ä"}'.encode(),
    b"%7B%22max_members%22%3A30%7D",
    b"+%20%7b%7d",
    b"{}",
    b"{",
]


@pytest.mark.parametrize("name", WITH_FORMS)
def test_json_that_is_sent_as_a_form_is_unsupported(client, name):
    things = things_of(client.project)

    for body in JSON_BODIES:
        response = send(client, name, body, content_type=FORM, things=things)

        assert response.status_code == 415, body
        assert response.json()["detail"] == (
            "The body is JSON: send it with Content-Type: application/json."
        )


def test_json_that_is_sent_as_a_form_changes_nothing(api, room):
    with nothing_changes():
        response = api.put(room_url(room), '{"max_members": 30}', content_type=FORM)

    assert response.status_code == 415


@pytest.mark.parametrize("name", WITH_FORMS)
def test_keys_of_a_form_are_described(name):
    schema = resolved(operation_of(name)["requestBody"]["content"][FORM]["schema"])
    pattern = re.compile(schema["propertyNames"]["pattern"])

    assert all(pattern.search(field) for field in [*form_of(name), "unknown", ""])
    assert not any(pattern.search(key) for key in [*ODD, '{"a": 1}', " {"])
