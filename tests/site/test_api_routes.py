"""Every route of the API has a row in the table, and every row a route; public pages are open."""

import pytest

from tests.support.api import ApiClient
from tests.support.api_routes import CALLS, PUBLIC, TABLE

every_call = pytest.mark.parametrize(("route", "method"), CALLS)


@every_call
def test_every_route_has_a_row(route, method):
    assert (route, method) in TABLE or (route, method) in PUBLIC


def test_every_row_has_a_route():
    assert sorted([*TABLE, *PUBLIC]) == CALLS


@pytest.mark.parametrize("call_", sorted(PUBLIC))
@pytest.mark.django_db
def test_public_pages_are_open(call_):
    route, method = call_

    response = getattr(ApiClient(), method)(f"/{route}")

    assert response.status_code == PUBLIC[call_]
