"""A new room's name must not look like an id, and an id is looked up among ids only."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rooms.changes import create_room
from rooms.models import Room
from sessions.tokens.room_tokens import claims_of, issue
from tests.factories import TESTS
from tests.support import bulk_pages, csv_pages
from tests.support.api import ADMISSIONS_URL, ROOMS_URL, faults, nothing_changes, room_url
from tests.support.bulk import BULK_URL
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db

ID = "01a22df8-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
LIKE_IDS = [
    ID,
    ID.upper(),
    ID.replace("-", ""),
    ID.replace("-", "").upper(),
    ID.replace("-", "", 2),
    "0" * 32,
]


def by_api(api, client, name):
    assert faults(api.post(ROOMS_URL, {"name": name})) == [("name", "invalid_parameter")]


def by_form_body(api, client, name):
    assert faults(api.post_form(ROOMS_URL, {"name": name})) == [("name", "invalid_parameter")]


def by_dry_run(api, client, name):
    response = api.post(f"{ROOMS_URL}?dry_run=true", {"name": name})
    assert faults(response) == [("name", "invalid_parameter")]


def by_csv(api, client, name):
    data = f"name,max_members\r\n{name},5\r\n"
    response = api.generic("POST", f"{BULK_URL}?create=true", data, content_type="text/csv")
    [result] = response.json()["results"]
    assert [error["attribute"] for error in result["errors"]] == ["name"]


def by_import_page(api, client, name):
    csv_pages.send(client, api.project, f"name,max_members\r\n{name},5\r\n", create="on")
    assert bulk_pages.job().preview_counts == {"refused": 1}


def by_new_room_page(api, client, name):
    sent = {**fields_of(client.get("/rooms/new")), "project": str(api.project.pk), "name": name}
    response = client.post("/rooms/new", sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])


def by_admin(api, client, name):
    path = reverse("admin:rooms_room_add")
    sent = {**fields_of(client.get(path)), "project": str(api.project.pk), "name": name}
    assert list(client.post(path, sent).context["adminform"].form.errors) == ["name"]


def by_room_token(api, client, name):
    token = issue(claims_of(api.project, {"room_name": name}))
    response = api.post(ADMISSIONS_URL, {"token": token})
    assert response.status_code == 422


def by_call(api, client, name):
    with pytest.raises(ValidationError) as refusal:
        create_room(api.project.pk, {"name": name}, by=TESTS)
    [error] = refusal.value.error_dict["name"]
    assert error.message.startswith("name must not have the form of an id, not ")


CHANNELS = [
    *(by_api, by_form_body, by_dry_run, by_csv, by_import_page, by_new_room_page, by_admin),
    *(by_room_token, by_call),
]


@pytest.mark.parametrize("name", LIKE_IDS)
@pytest.mark.parametrize("create", CHANNELS, ids=lambda create: create.__name__)
def test_name_like_an_id_is_refused(api, client, project, create, name):
    log_in(client)
    api.project = project

    with nothing_changes():
        create(api, client, name)


@pytest.mark.parametrize(
    "name", [ID[:-1], ID + "0", f"x{ID[1:]}", f"{ID[:8]}_{ID[9:]}", f"room-{ID}", "a" * 31]
)
def test_other_names_of_hexadecimal_digits_are_accepted(api, name):
    assert api.post(ROOMS_URL, {"name": name}).json()["name"] == name


@pytest.fixture
def old(project):
    """A room that version 0.1.0 created with the form of an id as its name."""
    return Room.objects.create(project=project, name=ID, display_name="Old")


@pytest.mark.parametrize("path", ["", "/admission", "/history"])
@pytest.mark.parametrize("name", [ID, ID.upper()])
def test_id_is_never_looked_up_as_a_name(api, old, path, name):
    assert api.get(room_url(name) + path).status_code == 404


def test_old_room_with_such_a_name_can_be_used_by_its_id(api, old):
    assert api.get(room_url(old)).json()["name"] == ID
    body = {**api.get(room_url(old)).json(), "max_members": 7}
    assert api.put(room_url(old), body).json()["max_members"] == 7
    assert api.get(f"{ROOMS_URL}?name={ID}").json()["data"][0]["id"] == str(old.pk)
    token = api.post("/api/video/room_tokens", {"room_name": ID}).json()
    assert api.post(ADMISSIONS_URL, token).json()["session"]["room_id"] == str(old.pk)


def test_deleted_rooms_id_finds_no_other_room(api, room):
    api.delete(room_url(room))

    assert faults(api.post(ROOMS_URL, {"name": str(room.pk)})) == [("name", "invalid_parameter")]

    assert api.get(room_url(room)).status_code == 404
    assert api.get(f"{room_url(room)}/admission").status_code == 404


def test_id_of_a_room_wins_over_a_name(api, old, room):
    Room.objects.filter(pk=old.pk).update(name=str(room.pk))

    assert api.get(room_url(room)).json()["id"] == str(room.pk)
    assert api.get(room_url(uuid.uuid4())).status_code == 404
