"""Each spelling of a path below /api reaches the same view, without a redirect."""

import re

import pytest
from django.db import transaction

from access.http.body_limits import largest_body
from access.http.paths import plain_path
from access.values.identifiers import UUID_PATTERN
from config.middleware.api_paths import ApiPathsMiddleware
from tests.site.test_isolation import (  # noqa: F401  (fixtures)
    call,
    change,
    delivery,
    film,
    member,
    recording,
    session,
)
from tests.support.api import ApiClient
from tests.support.api_routes import CALLS
from tests.support.tables import each

SPELLINGS = {
    "doubled slashes": lambda path: path.replace("/", "//"),
    "a slash before": lambda path: f"/{path}",
    "three slashes before": lambda path: f"//{path}",
    "a slash after": lambda path: f"{path}/",
    "two slashes after": lambda path: f"{path}//",
    "ids in capitals": lambda path: re.sub(UUID_PATTERN, lambda id_: id_[0].upper(), path),
}
# Differ between two requests: ids and times of new rows, tokens, and secrets.
VOLATILE = "|".join(
    (UUID_PATTERN, r"\d{4}-\d\d-\d\dT[\d:]+Z", r'"(?:token|secret)":"[^"]*"', r'"id":(?:\d+|"\d+")')
)


class SpelledClient:
    """Sends requests with the paths in another spelling."""

    def __init__(self, client, spell):
        self.client, self.spell = client, spell

    def __getattr__(self, method):
        # Django's client takes the name after two slashes for a host.
        return lambda path, *body: getattr(self.client, method)(
            f"http://testserver{self.spell(path)}", *body
        )


def answered(response):
    body = re.sub(VOLATILE, "…", response.content.decode())
    return response.status_code, response.headers.get("Content-Type"), body


@each(("route", "method"), CALLS)
def test_each_spelling_of_a_path_gives_the_same_response(call, api, route, method):  # noqa: F811
    answers = {}
    for name, spell in {"plain": str, **SPELLINGS}.items():
        with transaction.atomic():
            answers[name] = answered(call(SpelledClient(api, spell), route, method))
            # The next request finds the same rows.
            transaction.set_rollback(True)

    assert set(answers.values()) == {answers["plain"]}


@pytest.mark.parametrize("path", ["//api", "/api//", "//api/nothing//here/", "///api/video//x"])
def test_unknown_path_of_the_api_is_json_in_each_spelling(path):
    response = ApiClient().get(f"http://testserver{path}")

    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


def test_links_name_the_plain_path(api, room):
    response = api.get("http://testserver//api/video//rooms/?page_size=5")

    assert "//rooms" not in response.content.decode()
    assert "/api/video/rooms?page_size=5" in response.json()["links"]["self"]


@pytest.mark.parametrize(
    "path", ["/", "//", "/admin//", "/apis//x/", "/rooms//new", "/static//api//x", "/admin//api/"]
)
def test_other_paths_stay(path):
    assert plain_path(path) == path


def test_name_of_a_room_keeps_its_capitals():
    assert plain_path("/api/video/rooms/Lobby") == "/api/video/rooms/Lobby"


def test_path_below_a_prefix_is_plain(rf):
    request = rf.get("http://testserver//api/video//rooms/", SCRIPT_NAME="/video")
    ApiPathsMiddleware(lambda request: request)(request)

    assert (request.path, request.path_info) == ("/video/api/video/rooms", "/api/video/rooms")


def test_plain_path_has_the_body_limit_of_its_view():
    plain = largest_body("/api/video/rooms/bulk", "application/json")

    assert largest_body(plain_path("//api/video/rooms//bulk/"), "application/json") == plain
    assert largest_body("/api/video/rooms", "application/json") < plain
