"""API tokens over HTTP: created, changed and revoked with the rights of the calling token."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.api.project_tokens import TOKEN_IDS
from access.models import ApiToken, IdempotentCall
from tests.factories import TokenFactory
from tests.support.api import ApiClient, basic, client_of, faults, nothing_changes

pytestmark = pytest.mark.django_db
URL = "/api/project/tokens"
ROOMS = "/api/video/rooms"
BODY = {"name": "Booking system", "permissions": ["rooms:read"]}


@pytest.fixture
def manager(project):
    return TokenFactory(project=project, scopes=["management", "rooms:read"])


@pytest.fixture
def managing(manager):
    return client_of(manager)


def url_of(token):
    return f"{URL}/{TOKEN_IDS.id_of(token.pk)}"


def test_created_token_works_with_its_permissions(managing, manager):
    answer = managing.post(URL, BODY)

    assert answer.status_code == 200
    assert list(answer.json()) == ["id", "name", "permissions", "token"]
    assert answer.headers["Cache-Control"] == "no-store"
    made = ApiToken.objects.get(name="Booking system")
    assert answer.json()["id"] == str(TOKEN_IDS.id_of(made.pk))
    assert made.created_by == manager.name
    client = ApiClient(HTTP_AUTHORIZATION=basic(manager.project_id, answer.json()["token"]))
    assert client.get(ROOMS).status_code == 200
    assert client.post(ROOMS, {"name": "new"}).status_code == 403


def test_token_gives_no_more_than_it_has(managing, manager):
    for scope in ("rooms:write", "video", "webhooks"):
        with nothing_changes():
            answer = managing.post(URL, {**BODY, "permissions": ["rooms:read", scope]})
        assert answer.status_code == 403
        assert scope in answer.json()["detail"]
    other = TokenFactory(project=manager.project, scopes=["rooms:read"])
    with nothing_changes():
        assert managing.patch(url_of(other), {"permissions": ["video"]}).status_code == 403


def test_created_token_has_the_networks_and_the_expiry_of_its_creator(manager):
    soon = timezone.now() + timedelta(days=3)
    ApiToken.objects.filter(pk=manager.pk).update(
        allowed_networks="127.0.0.0/8\n10.0.0.0/8", expires_at=soon
    )

    client_of(manager).post(URL, BODY)

    made = ApiToken.objects.get(name="Booking system")
    assert (made.allowed_networks, made.expires_at) == ("127.0.0.0/8\n10.0.0.0/8", soon)


def test_token_is_changed_and_revoked(managing, manager):
    other = TokenFactory(project=manager.project, scopes=["video"])

    changed = managing.patch(url_of(other), {"name": "Wards", "permissions": ["rooms:read"]})
    assert changed.json() == {
        "id": str(TOKEN_IDS.id_of(other.pk)),
        "name": "Wards",
        "permissions": ["rooms:read"],
        "token": None,
    }
    assert client_of(other).get(ROOMS).status_code == 200
    assert managing.delete(url_of(other)).status_code == 204
    assert client_of(other).get(ROOMS).status_code == 401
    assert managing.delete(url_of(other)).status_code == 404


def test_token_of_another_project_is_not_found(managing):
    other = TokenFactory()

    for method in ("patch", "delete"):
        with nothing_changes():
            assert getattr(managing, method)(url_of(other), {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name", "permissions"]),
        ({"name": 1, "permissions": "rooms:read"}, ["name", "permissions"]),
        ({**BODY, "permissions": ["calling"]}, ["permissions"]),
        ({**BODY, "permissions": [["rooms:read"]]}, ["permissions"]),
        ({**BODY, "permissions": None}, ["permissions"]),
        ({**BODY, "name": ""}, ["name"]),
        ({**BODY, "name": "n" * 101}, ["name"]),
        ({**BODY, "name": "a\nb"}, ["name"]),
        ({**BODY, "subproject_id": "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70"}, ["subproject_id"]),
    ],
)
def test_invalid_body_is_refused_and_nothing_changes(managing, body, fields):
    with nothing_changes():
        answer = managing.post(URL, body)

    assert answer.status_code == 422
    assert sorted(name for name, _ in faults(answer)) == fields


def test_dry_run_creates_changes_and_revokes_nothing(managing, manager):
    other = TokenFactory(project=manager.project)

    with nothing_changes():
        answer = managing.post(f"{URL}?dry_run=true", BODY)
        managing.patch(f"{url_of(other)}?dry_run=true", {"name": "x"})
        managing.delete(f"{url_of(other)}?dry_run=true")

    assert answer.json()["token"] is None
    assert answer.json()["dry_run"] is True


def test_repeated_creation_has_the_same_response_for_the_same_token_only(managing, project):
    key = {"HTTP_IDEMPOTENCY_KEY": "b1"}
    first, again = (managing.post(URL, BODY, **key).json() for _ in range(2))

    assert first == again
    client = ApiClient(HTTP_AUTHORIZATION=basic(project.pk, first["token"]))
    assert client.get(ROOMS).status_code == 200
    stored = str(list(IdempotentCall.objects.values_list("answer", "headers")))
    assert first["token"].rpartition("_")[2] not in stored

    other = client_of(TokenFactory(project=project))
    assert other.post(URL, BODY, **key).status_code == 409
