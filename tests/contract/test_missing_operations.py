"""Operations that only the reference has: 404 with a reason, for a valid token alone."""

import re

import pytest

from access.api.missing import DETAIL
from config.api_urls import MISSING, api
from tests.support.api import ApiClient, nothing_changes
from tests.support.api_routes import METHODS
from tests.support.server import ROOT

PATHS = [
    "/api/" + re.sub(r"<\w+:\w+>", "0198f3a1-7c52-7b0e-9a64-2f1d8c3e5b70", route)
    for route in MISSING
]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PATHS)
def test_operation_of_the_reference_is_404_with_a_reason(api, path):
    for method in METHODS:
        with nothing_changes():
            response = getattr(api, method)(path)

        assert response.status_code == 404, method
        if method != "head":
            assert response.json() == {"error": "Not Found", "detail": DETAIL}


@pytest.mark.parametrize("path", PATHS)
def test_client_without_a_valid_token_learns_nothing(client_for, path):
    for method in METHODS:
        anonymous = getattr(ApiClient(), method)(path)
        wrong = getattr(ApiClient(HTTP_AUTHORIZATION="Bearer wrong"), method)(path)
        without_scope = getattr(client_for(scopes=[]), method)(path)

        assert [anonymous.status_code, wrong.status_code] == [401, 401], method
        assert anonymous.headers["WWW-Authenticate"]
        assert without_scope.status_code == 403
        assert b"Greenroom" not in anonymous.content + wrong.content + without_scope.content


def test_body_of_a_missing_operation_is_not_read(api):
    response = api.post("/api/video/conferences", "{", content_type="application/json")

    assert response.status_code == 404


def test_room_named_streams_is_found(api, project):
    api.post("/api/video/rooms", {"name": "streams"})

    assert api.get("/api/video/rooms/streams").json()["name"] == "streams"


def test_other_unknown_path_has_no_reason(api):
    assert api.get("/api/video/nothing").json() == {"error": "Not Found"}


def documented(word):
    text = (ROOT / "docs/reference/compatibility.md").read_text(encoding="utf-8")
    return re.findall(rf"^\| [^|]+ \| `([A-Z]+ /[\w{{}}/]+)` \| {word} \|$", text, re.MULTILINE)


def called(route):
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route))


CALLS = {
    f"{method.upper()} {called(route.pattern)}"
    for route in api
    for method in route.callback.actions
}


def test_documented_operations_exist():
    assert len(documented("yes")) == 18
    assert set(documented("yes")) <= CALLS


def test_other_documented_operations_are_missing():
    paths = {called(route.removeprefix("video/")) for route in MISSING}
    missing = documented("no")

    assert len(missing) == 33 - 18
    assert not set(missing) & CALLS
    assert {one.split()[1] for one in missing} <= paths


@pytest.mark.parametrize("page", ["README.md", "docs/reference/compatibility.md"])
def test_number_of_operations_is_documented(page):
    assert "18 of the 33 operations" in (ROOT / page).read_text(encoding="utf-8")
