"""Accept with weights: the format of each response, and Vary where there are two."""

import pytest

from access.http.accept import weight_of
from tests.site.test_isolation import (  # noqa: F401  (fixtures)
    call,
    change,
    delivery,
    film,
    member,
    recording,
    session,
)
from tests.support.api import ROOMS_URL, ApiClient
from tests.support.api_routes import CALLS, PUBLIC
from tests.support.tables import each

JSON, CSV, OPENAPI = "application/json", "text/csv", "application/vnd.oai.openapi+json"
SCHEMA_URL = "/api/schema"
# The other format of the routes with two; JSON comes first.
TWO_FORMATS = {ROOMS_URL: CSV, SCHEMA_URL: OPENAPI}
# {other} is the other format of the route.
AS_JSON = [
    *("", " ", ",", ", ,", "*/*", "*", "application/*", "APPLICATION/JSON", "application/json"),
    *("{other}, application/json", "application/json, {other}", "{other};q=0, */*"),
    *("application/json;q=0.2, {other};q=0.1", "{other};q=0.5, application/json;q=0.500"),
    *("*/*;q=0.1, {other};q=0", "text/html, image/gif, *; q=.2, */*; q=.2", "*/*;q=0.001"),
    *("application/json; charset=utf-8", "application/json;version=2", 'a/b;x=",{other}", */*'),
    *("application/json;q=1.000, {other};q=1", "garbage, application/json", "{other};q=x, */*"),
    *("application/json;Q=1, {other};Q=0.9", "application/json ; q=1 , {other} ; q=0.9"),
    *("{other};q=0, {other};q=0, application/*", "text/html,application/xhtml+xml,*/*;q=0.8"),
]
AS_OTHER = [
    *("{other}", "{other};q=0.001", "application/json;q=0.1, {other}", "*/*;q=0.5, {other}"),
    *("application/json;q=0, */*", "application/json; q=0 , *", "{other}, */*;q=0.1"),
    *('application/json;q=0.9;x="q=1", {other};version="3.1"', "{other}, application/json;q=.5"),
]
REFUSED = [
    *("text/html", "*/*;q=0", "application/json;q=0", "*;q=0.000", "garbage", "json", "text/html;"),
    *("application/json;q=0, {other};q=0, */*", "application/json;q=x", "{other};q=2", "/", ";q=1"),
    *(
        "a/*, */a",
        "application/json;q=-1",
        "application/json;q=1.1",
        '"application/json"',
        "*/json",
    ),
]


def accepted(headers, values):
    return [(value.format(other=other), url) for url, other in headers for value in values]


def content_type(response):
    return response.headers["Content-Type"].partition(";")[0]


@pytest.mark.parametrize("url", TWO_FORMATS)
def test_route_with_two_formats_obeys_weights(api, room, url):
    other = TWO_FORMATS[url]
    for values, expected in ((AS_JSON, JSON), (AS_OTHER, other)):
        for value in values:
            response = api.get(url, HTTP_ACCEPT=value.replace("{other}", other))

            assert (response.status_code, content_type(response)) == (200, expected), value
            assert response.headers["Vary"] == "Accept"
            # A file that is not read to its end occupies a slot for long calls.
            response.getvalue()


@pytest.mark.parametrize("url", TWO_FORMATS)
def test_route_with_two_formats_refuses_other_ones(api, url):
    for value in REFUSED:
        response = api.get(url, HTTP_ACCEPT=value.replace("{other}", TWO_FORMATS[url]))

        assert (response.status_code, content_type(response)) == (406, JSON), value
        assert response.json()["detail"] == (
            f"Accept excludes application/json or {TWO_FORMATS[url]}, which this call returns."
        )
        assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize("url", TWO_FORMATS)
def test_both_formats_have_the_same_data(api, room, url):
    as_other = api.get(url, HTTP_ACCEPT=TWO_FORMATS[url])
    as_json = api.get(url)

    if url == SCHEMA_URL:
        assert as_other.content == as_json.content
    else:
        assert str(room.pk) in b"".join(as_other.streaming_content).decode()


def test_errors_of_the_list_vary_and_are_json(api):
    unknown = api.get(ROOMS_URL, {"quality": "4k"}, HTTP_ACCEPT=CSV)
    anonymous = ApiClient().get(ROOMS_URL, HTTP_ACCEPT=CSV)

    assert [unknown.status_code, anonymous.status_code] == [422, 401]
    assert content_type(unknown) == content_type(anonymous) == JSON
    assert unknown.headers["Vary"] == anonymous.headers["Vary"] == "Accept"


@each(("route", "method"), [one for one in CALLS if one not in PUBLIC and one[1] != "options"])
def test_route_with_one_format_has_it_or_is_406(call, api, route, method):  # noqa: F811
    api.credentials(**api._credentials, HTTP_ACCEPT="application/json;q=0, application/xml")
    refused = call(api, route, method)
    api.credentials(**{**api._credentials, "HTTP_ACCEPT": "text/html, application/json;q=0.1"})
    accepted = call(api, route, method)

    has_two = f"/{route}" in TWO_FORMATS and method in ("get", "head")
    assert refused.status_code == 406
    assert accepted.status_code != 406
    assert refused.has_header("Vary") is accepted.has_header("Vary") is has_two


@pytest.mark.parametrize(
    ("header", "weight"),
    [
        ("", 1),
        ("a/b", 0),
        ("text/csv", 1),
        ("text/csv;q=0.25", 0.25),
        ("text/*;q=0.3, */*;q=0.9", 0.3),
        ("*/*;q=0.9, text/*;q=0.3, text/csv;q=0.1", 0.1),
        ("text/csv;q=0.1, text/csv;q=0.7", 0.7),
        ('text/csv;a="x;q=0";q=0.5', 0.5),
        ('text/csv;a="x\\";q=0";q=0.5', 0.5),
        ('a/b;c="unclosed, text/csv', 0),
        ("a" * 8000, 0),
        ('"' * 8000, 0),
        ('"\\' * 4000, 0),
        ("text/csv" + ";q=1" * 2000, 1),
    ],
    ids=lambda value: ascii(value)[:30].replace("\\", "/"),
)
def test_weight_of_a_media_type(header, weight):
    assert weight_of(header, CSV) == weight
