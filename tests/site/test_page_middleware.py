"""API requests skip the middlewares that only pages need."""

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse
from django.test import RequestFactory

from config.middleware.pages import for_pages


def recording(name, calls):
    class Recorder:
        def __init__(self, get_response):
            self.get_response = get_response

        def __call__(self, request):
            calls.append(name)
            return self.get_response(request)

    return Recorder


@pytest.mark.parametrize(
    ("path", "passed"), [("/api/video/rooms", ["last"]), ("/rooms", ["one", "two", "last"])]
)
def test_api_request_goes_to_the_first_middleware_behind_those_for_pages(path, passed):
    calls = []
    chain = [for_pages(recording(name, calls)) for name in ("one", "two")]
    chain.append(recording("last", calls))
    handler = lambda request: HttpResponse()  # noqa: E731
    for middleware in reversed(chain):
        # As Django's BaseHandler.load_middleware does.
        handler = convert_exception_to_response(middleware(handler))

    response = handler(RequestFactory().get(path))

    assert response.status_code == 200
    assert calls == passed


@pytest.mark.django_db
def test_api_response_sets_no_cookie_and_names_no_language(client):
    response = client.get(
        "/api/video/rooms", headers={"host": "localhost", "accept-language": "de"}
    )

    assert response.status_code == 401
    assert not response.cookies
    assert "Content-Language" not in response.headers
    assert not hasattr(response.wsgi_request, "session")
