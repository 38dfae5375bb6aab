"""Whole numbers are validated as they are written, at every place where a client sends one."""

import time

import pytest

from access.api.parsers import read_json
from access.values.numbers import InexactNumber
from rooms.models import Room
from rooms.rules.form_fields import DigitsField
from tests.support.api import faults, messages, nothing_changes, room_url
from tests.support.bulk import BULK_URL, NINE
from tests.support.openapi import BODIES, OPERATIONS, client_of_a_project, operation_of, resolved
from tests.support.openapi import send as send_to

pytestmark = pytest.mark.django_db

LONG = 200_000
# Each one as a float is 20, 2, 300, 0 or infinite.
NOT_WHOLE = [
    *("299.99999999999999999", "1." + "9" * LONG, "20." + "0" * LONG + "1", "2.00000000000000001"),
    *("20000000000000000000000001e-24", "1e-400", "1e-" + "9" * LONG, "19.99999999999999999999e0"),
]
TOO_LARGE = ["1e400", "9" * LONG, "1" + "0" * LONG, "1e" + "9" * LONG, "1" + "0" * 400 + ".0"]
TWENTY = ["20", "20.0", "2e1", "2E+1", "200e-1", "0.2e2", "20.000", "2" + "0" * 401 + "e-400"]
# int() reads all of them as 20.
ODD = ["2_0", "\uff12\uff10", "+20"]


def beginning(text):
    return ascii(text[:24]).replace("\\", "/")


def with_numbers(name):
    """Return the fields of an operation's JSON body that are whole numbers."""
    content = operation_of(name).get("requestBody", {}).get("content", {})
    schema = resolved(content.get("application/json", {}).get("schema", {}))
    return [field for field, value in schema.get("properties", {}).items() if is_number(value)]


def is_number(value):
    kinds = [part.get("type") for part in (value, *value.get("anyOf", []))]
    return "integer" in str(kinds)


FIELDS = [(name, field) for name in OPERATIONS for field in with_numbers(name)]


def as_json(fields):
    """Return a JSON object of texts that are JSON already."""
    return "{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}"


@pytest.fixture
def client():
    return client_of_a_project()


def send(client, name, field, text):
    required = {
        "create_room": {"name": '"new"'},
        "create_room_token": {"room_name": '"new"'},
        "report_room_session_recording": {"uri": '"https://films.example/1"'},
    }
    return send_to(client, name, as_json({**required.get(name, {}), field: text}))


def test_fields_that_are_whole_numbers_are_known():
    assert {"max_members", "remove_after_seconds_elapsed"} <= {field for _, field in FIELDS}
    assert {name for name, _ in FIELDS} >= {"create_room", "update_room", "create_room_token"}
    assert set(BODIES) >= {name for name, _ in FIELDS}


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_number_that_is_not_whole_as_written_is_refused(client, name, field):
    for text in [*NOT_WHOLE, *TOO_LARGE]:
        response = send(client, name, field, text)

        assert faults(response) == [(field, "invalid_parameter")], text[:30]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_number_that_is_whole_as_written_is_accepted(client, name, field):
    for number, text in enumerate(TWENTY):
        response = send(client, name, field, text)

        if name == "create_room":
            Room.objects.filter(name="new").delete()
        assert response.status_code in (200, 201), (number, response.content)
        assert response.json().get(field, 20) == 20


def test_message_shows_the_number_as_it_was_written(api, room):
    body = '{"max_members": 299.99999999999999999}'

    with nothing_changes():
        response = api.put(room_url(room), body, content_type="application/json")

    assert messages(response)["max_members"].endswith(", not 299.99999999999999999.")


@pytest.mark.parametrize("text", ["1." + "9" * 20, "1." + "9" * LONG, "9" * LONG], ids=beginning)
@pytest.mark.parametrize("part", ["set", "shift"])
def test_bulk_change_refuses_it_too(api, room, part, text):
    Room.objects.update(join_from=NINE)
    field = "max_members" if part == "set" else "join_from"
    change = as_json({part: as_json({field: text})})
    body = as_json({"select": '{"filter": {}}', "change": change})

    with nothing_changes():
        response = api.post(BULK_URL, body, content_type="application/json")

    assert [attribute for attribute, _ in faults(response)] == [field]


def test_bulk_change_accepts_a_whole_number_with_an_exponent(api, room):
    Room.objects.update(join_from=NINE)
    body = (
        '{"select": {"filter": {}}, '
        '"change": {"set": {"max_members": 2e1}, "shift": {"join_from": 36e2}}}'
    )

    response = api.post(BULK_URL, body, content_type="application/json")

    assert response.json()["results"][0]["changes"]["join_from"] == [
        "2030-01-01T09:00:00Z",
        "2030-01-01T10:00:00Z",
    ]


@pytest.mark.parametrize(
    "text", ["299.99999999999999999", "1." + "9" * 5000, "2_0", "\uff12\uff10", "+20"]
)
def test_query_form_and_file_have_digits_alone(api, room, text):
    with nothing_changes():
        listed = api.get("/api/video/rooms", {"page_size": text})
        form = api.put_form(room_url(room), {"max_members": text})
        file = api.post(BULK_URL, f"id,max_members\n{room.pk},{text}\n", content_type="text/csv")

    assert faults(listed) == [("page_size", "not_an_integer")]
    assert faults(form) == [("max_members", "not_an_integer")]
    assert file.json()["counts"]["refused"] == 1


@pytest.mark.parametrize(
    "text",
    ["299.99999999999999999", "1." + "9" * LONG, "9" * LONG, "2_0", "\uff12\uff10", "+20", "2e1"],
)
def test_staff_forms_have_digits_alone(text):
    with pytest.raises(Exception, match="whole number"):
        DigitsField().clean(text)


@pytest.mark.parametrize(("text", "number"), [("20", 20), ("20.0", 20), ("-5", -5), (" 7 ", 7)])
def test_staff_forms_read_whole_numbers(text, number):
    assert DigitsField().clean(text) == number


def test_long_numbers_take_little_time():
    longest = "1." + "9" * LONG
    start = time.process_time()

    for text in [longest, "9" * LONG, longest + "e" + "9" * LONG]:
        read_json(f"[{text}]")

    assert time.process_time() - start < 0.5


def test_other_numbers_stay_plain_floats():
    read = read_json("[20.0, 1.5, 2e1, -0.0, 0e-5, 1e23, 0.1, 1e300]")

    assert [type(number) for number in read] == [float] * 8
    assert type(read_json("[2.00000000000000000001]")[0]) is InexactNumber


def test_meta_stores_the_nearest_float(api, room):
    body = '{"meta": {"a": 299.99999999999999999, "b": [1e300, 2e1]}}'

    response = api.put(room_url(room), body, content_type="application/json")

    room.refresh_from_db()
    assert response.json()["meta"] == room.meta == {"a": 300.0, "b": [1e300, 20.0]}
