"""The links of every list: path and query, so that a client can join them to its host."""

from urllib.parse import parse_qs, urlsplit

import pytest

from access.webhooks.outbox import send_test
from sessions.media.recordings import switch_recording
from sessions.models import RECORDING_IDS
from tests.factories import (
    CompositionFactory,
    MemberFactory,
    SessionFactory,
    WebhookEndpointFactory,
)
from tests.support.api import room_url
from tests.support.api_routes import routes

pytestmark = pytest.mark.django_db

LISTS = [route for route, view in routes() if getattr(view, "actions", {}).get("get") == "list"]


@pytest.fixture
def path_of(api, project, room):
    """Return the path of a route whose list has at least two rows."""
    SessionFactory(room__project=project)
    session = SessionFactory(room=room)
    MemberFactory.create_batch(2, session=session)
    for is_on in (True, False) * 2:
        switch_recording(session, is_on, session.start_time)
    api.put(room_url(room), {"max_members": 7})
    WebhookEndpointFactory(project=project)
    webhook = WebhookEndpointFactory(project=project)
    for _ in range(2):
        send_test(webhook, session.start_time)
    values = {"room": room.pk, "session": session.pk, "webhook": webhook.pk}
    CompositionFactory.create_batch(2, recording=session.recordings.last())
    values["recording"] = RECORDING_IDS.id_of(session.recordings.last().pk)

    def make(route):
        for name, value in values.items():
            route = route.replace(f"<str:{name}>", str(value))
        assert "<" not in route
        return f"/{route}"

    return make


@pytest.mark.parametrize("route", LISTS)
def test_links_are_path_and_query_and_keep_other_parameters(api, path_of, route):
    path = path_of(route)
    first = api.get(f"{path}?colour=%C3%A9%26&page_size=1").json()
    second = api.get("http://testserver" + first["links"]["next"]).json()

    assert first["links"]["self"] == f"{path}?colour=%C3%A9%26&page_size=1"
    assert set(second["links"]) >= {"self", "first", "prev"}
    assert second["data"] != first["data"]
    for link in (*first["links"].values(), *second["links"].values()):
        parts = urlsplit(link)
        assert (parts.scheme, parts.netloc, parts.path) == ("", "", path)
        assert parse_qs(parts.query)["colour"] == ["\u00e9&"]


def test_links_are_the_same_behind_any_host_and_scheme(api, room):
    plain = api.get("/api/video/rooms").json()["links"]
    other = api.get("/api/video/rooms", secure=True, HTTP_HOST="localhost").json()["links"]

    assert plain == other
