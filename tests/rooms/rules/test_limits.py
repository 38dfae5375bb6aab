"""One table of invalid values for every channel; each channel rejects each value with the same
message.
"""

import csv
import io
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from rooms.bulk.csv_cells import safe
from rooms.changes import change_room
from rooms.display.form_errors import form_sentence
from rooms.forms import RoomForm
from rooms.models import Room, RoomSettings
from tests.factories import TESTS, RoomFactory, StaffFactory
from tests.support.api import ROOMS_URL, nothing_changes, room_url
from tests.support.bad_values import ONE, TWELVE, TWO, No
from tests.support.limits import TABLE, rows


@pytest.fixture
def room(project):
    return RoomFactory(
        project=project, name="room", join_from=TWELVE, join_until=ONE, remove_at=TWO
    )


@pytest.fixture
def words(room):
    """The message of change_room, called with Python values."""

    def say(bad):
        with nothing_changes(), pytest.raises(ValidationError) as refusal:
            change_room(Room.objects.all(), room.pk, {bad.field: bad.value}, by=TESTS)
        return _first(refusal.value.error_dict, bad)

    return say


def _first(error_dict, bad):
    (fault, *_) = error_dict[bad.told_of or bad.field]
    assert fault.code == bad.code
    return fault.message


@rows("shell")
def test_shell_refuses(words, bad):
    field = bad.told_of or bad.field

    assert words(bad).startswith((f"{field} must ", "name is fixed", "fps cannot"))


@rows("api")
def test_api_refuses_with_the_message_of_the_shell(api, room, words, bad):
    with nothing_changes():
        response = api.put(room_url(room), {bad.field: bad.at("api")})

    assert response.status_code == 422, response.content
    told = {error["attribute"]: error for error in response.json()["errors"]}
    assert list(told) == [bad.told_of or bad.field]
    assert told[bad.told_of or bad.field]["code"] == bad.code
    assert told[bad.told_of or bad.field]["message"] == words(bad)


@rows("api")
def test_bulk_change_refuses_with_the_message_of_the_shell(api, room, words, bad):
    body = {
        "select": {"ids": [str(room.pk)]},
        "change": {"set": {bad.field: bad.at("api")}},
    }
    with nothing_changes():
        response = api.post(f"{ROOMS_URL}/bulk", body)

    assert response.status_code == 422, response.content
    # Faults that need no room are reported for the whole request, others for the room.
    [result] = response.json().get("results", [response.json()])
    told = {error["attribute"]: error["message"] for error in result["errors"]}
    assert told == {bad.told_of or bad.field: words(bad)}


@rows("form")
def test_csv_import_refuses(api, room, bad):
    text = str(bad.at("form"))
    file = io.StringIO()
    csv.writer(file).writerows([("id", bad.field), (room.pk, text and safe(text))])
    data = file.getvalue().encode("utf-8", "surrogatepass")

    with nothing_changes():
        response = api.generic("POST", f"{ROOMS_URL}/bulk", data, content_type="text/csv")

    assert response.status_code == 422, response.content


def typed(room, bad):
    """Return the data that a browser sends after one field of the room form changed to `bad`."""
    form = RoomForm(instance=room)
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value is not False}
    return {**sent, bad.field: bad.at("form")}


def same_words(message, bad, words):
    """Compare a form's message with the shell's, without the value: typed text stays text."""
    expected = form_sentence(bad.told_of or bad.field, words(bad))
    if isinstance(bad.value, str) or not isinstance(bad.at("form"), str):
        return message == expected
    return message.rpartition(", not ")[0] == expected.rpartition(", not ")[0]


@rows("form")
def test_form_refuses_with_the_message_of_the_shell(room, words, bad):
    form = RoomForm(typed(room, bad), instance=room)

    with nothing_changes():
        assert form.is_valid()
        assert form.apply(by=TESTS) is None

    assert list(form.errors) == [bad.told_of or bad.field]
    assert same_words(form.errors[bad.told_of or bad.field][0], bad, words)


@rows("admin")
def test_admin_refuses_with_the_message_of_the_shell(client, room, words, bad):
    client.force_login(StaffFactory())

    with nothing_changes():
        path = reverse("admin:rooms_room_change", args=[room.pk])
        response = client.post(path, {**typed(room, bad), "zone": "UTC"})

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == [bad.told_of or bad.field]
    assert same_words(errors[bad.told_of or bad.field][0], bad, words)


@rows("sql")
def test_database_refuses(room, bad):
    value = bad.at("sql")
    if isinstance(value, datetime):
        value = connection.ops.adapt_datetimefield_value(value)
    statement = f'UPDATE rooms_room SET "{bad.field}" = %s'  # noqa: S608 - our own names

    with (
        nothing_changes(),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(statement, [value])


def test_every_setting_and_editable_field_has_rows_in_every_channel():
    fields = {field.name for field in RoomSettings._meta.fields}
    fields |= {f.name for f in Room._meta.fields if f.editable and not f.primary_key}

    assert {bad.field for bad in TABLE} == fields
    for door in ("api", "form", "admin", "shell", "sql"):
        having = {bad.field for bad in TABLE if not isinstance(bad.at(door), No)}
        lacking = {bad.field: bad.at(door) for bad in TABLE if bad.field not in having}
        # If a channel never accepts a field, each of the field's rows must give the reason.
        assert set(lacking) <= {"fps", "name", *_switches()}, (door, lacking)


def _switches():
    return [f.name for f in Room._meta.fields if f.get_internal_type() == "BooleanField"]


def test_unchecked_box_is_false_and_any_other_value_is_true(room):
    # This is why a form has no rows for booleans: any value is one of the two.
    for sent, value in (("on", True), ("maybe", True), ("false", False)):
        form = RoomForm({**typed(room, TABLE[0]), "record_on_start": sent}, instance=room)
        assert form.is_valid()
        assert form.cleaned_data["record_on_start"] is value
