"""Content-Type, its charset and Content-Encoding count only for a request with a body."""

import pytest

from tests.factories import RoomFactory
from tests.site.test_api_paths import answered
from tests.site.test_isolation import (  # noqa: F401  (fixtures)
    call,
    change,
    delivery,
    film,
    member,
    recording,
    session,
)
from tests.support.api import FORM, ROOMS_URL, nothing_changes, room_url
from tests.support.api_routes import ADMISSIONS, BODIES, CALLS, FILMS, GIVE_UP
from tests.support.tables import each

ABOUT_A_BODY = [
    {"CONTENT_TYPE": "application/json; charset=ISO-8859-1"},
    {"CONTENT_TYPE": "application/json; charset=rot13"},
    {"CONTENT_TYPE": "application/json; charset=utf-16"},
    {"CONTENT_TYPE": "application/*"},
    {"CONTENT_TYPE": "text/plain"},
    {"CONTENT_TYPE": "nonsense"},
    {"CONTENT_TYPE": "multipart/form-data"},
    {"CONTENT_TYPE": FORM, "HTTP_CONTENT_ENCODING": "gzip"},
]
WITHOUT_BODY = [call_ for call_ in CALLS if call_ not in BODIES and call_[0] != ADMISSIONS]


@each(
    ("route", "method"),
    [call_ for call_ in WITHOUT_BODY if call_[1] in ("get", "head", "options")],
)
def test_call_without_a_body_ignores_them(call, api, route, method):  # noqa: F811
    plain = answered(call(api, route, method))
    before = dict(api._credentials)

    for headers in ABOUT_A_BODY:
        api.credentials(**before, **headers)

        assert answered(call(api, route, method)) == plain, headers


@each(
    ("route", "method"),
    [call_ for call_ in WITHOUT_BODY if call_[1] in ("post", "delete")],
)
def test_change_without_a_body_ignores_them(call, api, route, method):  # noqa: F811
    api.credentials(**api._credentials, **ABOUT_A_BODY[0])

    # A delivered event cannot be given up, and a recording without people not composed.
    expected = (409,) if route in (GIVE_UP, FILMS) else (200, 201, 204)
    assert call(api, route, method).status_code in expected


@pytest.mark.parametrize("charset", ["ISO-8859-1", "rot13", "utf-16", "utf-8"])
def test_query_is_utf_8_whatever_the_charset_of_no_body(api, project, charset):
    RoomFactory(project=project, display_name="Müsli")

    listed = api.get(
        f"{ROOMS_URL}?search=M%C3%BCsli", CONTENT_TYPE=f"application/json; charset={charset}"
    )

    assert len(listed.json()["data"]) == 1


@pytest.mark.parametrize("headers", ABOUT_A_BODY[:4] + ABOUT_A_BODY[-1:])
def test_body_needs_readable_headers(api, room, headers):
    with nothing_changes():
        response = api.generic(
            "PUT",
            room_url(room),
            b'{"max_members": 5}',
            content_type=headers["CONTENT_TYPE"],
            **{name: value for name, value in headers.items() if name != "CONTENT_TYPE"},
        )

    assert response.status_code == 415


@pytest.mark.parametrize("headers", ABOUT_A_BODY)
def test_missing_body_is_refused_for_its_absence(api, room, headers):
    with nothing_changes():
        response = api.generic("PUT", room_url(room), b"", **headers)

    assert response.status_code == 400
    assert response.json()["detail"].startswith("The body is empty")


def test_page_without_a_body_ignores_them(client):
    for headers in ABOUT_A_BODY:
        assert client.get("/sign-in", **headers).status_code == 200
