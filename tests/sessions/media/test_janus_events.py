"""Events that Janus posts about its participants; each only requests a sync."""

import json

import pytest

from sessions.models import MediaRoom
from tests.factories import SessionFactory
from tests.support.api import basic
from tests.support.janus import SECRETS

URL = "/media/janus/events"


@pytest.fixture
def waiting(db, settings):
    """A media room whose next sync is in the year 2999."""
    settings.MEDIA_SERVER = "janus"
    settings.JANUS_EVENTS_SECRET = SECRETS["JANUS_EVENTS_SECRET"]
    return MediaRoom.objects.create(session=SessionFactory(), look_at="2999-01-01T00:00Z")


@pytest.fixture
def tell(client):
    """Post events as Janus does, or with other credentials."""

    def send(body, user="janus", secret=SECRETS["JANUS_EVENTS_SECRET"]):
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Authorization": basic(user, secret)}
        return client.post(URL, text, content_type="application/json", headers=headers)

    return send


def moved(room, event="leaving"):
    """Return an event of the VideoRoom plugin, with the fields that we read and a few more."""
    data = {"event": event, "room": str(getattr(room, "pk", room)), "id": "somebody"}
    return {"type": 64, "event": {"plugin": "janus.plugin.videoroom", "data": data}}


def is_looked_at(room):
    room.refresh_from_db()
    return room.look_at.year < 2999


@pytest.mark.parametrize("event", ["joined", "published", "leaving", "kicked", "destroyed"])
def test_participant_event_requests_a_sync(tell, waiting, event):
    assert tell([moved(waiting, event)]).status_code == 204

    assert is_looked_at(waiting)


def test_single_event_may_come_without_a_list(tell, waiting):
    assert tell(moved(waiting)).status_code == 204

    assert is_looked_at(waiting)


def test_only_the_named_rooms_are_synced(tell, waiting):
    other = MediaRoom.objects.create(session=SessionFactory(), look_at="2999-01-01T00:00Z")

    tell([moved(other)])

    assert (is_looked_at(waiting), is_looked_at(other)) == (False, True)


# Our own calls to Janus come back as events, so a sync for them would cause more events.
@pytest.mark.parametrize("event", ["edited", "created", "configured", "subscribing"])
def test_other_events_request_no_sync(tell, waiting, event):
    assert tell([moved(waiting, event)]).status_code == 204

    assert not is_looked_at(waiting)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        "null",
        "7",
        '"text"',
        [None, 7, "text", []],
        [{"event": None}, {"event": {"data": 7}}, {"event": {"data": {"event": "leaving"}}}],
        [moved("1234"), moved("\ud800"), moved("x" * 5000), moved("")],
        [{"event": {"data": {"event": ["leaving"], "room": {}}}}],
    ],
)
def test_event_without_a_known_room_is_accepted_and_ignored(tell, waiting, body):
    assert tell(body).status_code == 204

    assert not is_looked_at(waiting)


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, "\ud800"])
def test_invalid_json_is_refused(tell, waiting, body):
    response = tell(body.encode("utf-8", "surrogatepass").decode("latin-1"))

    assert response.status_code == 400
    assert not is_looked_at(waiting)


@pytest.mark.parametrize(
    "credentials",
    [{"secret": "guessed"}, {"user": "root"}, {"secret": ""}, {"secret": "größer"}],
)
def test_wrong_credentials_are_refused(tell, waiting, credentials):
    response = tell([moved(waiting)], **credentials)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"]
    assert not is_looked_at(waiting)


def test_missing_credentials_are_refused(client, waiting):
    response = client.post(URL, json.dumps([moved(waiting)]), content_type="application/json")

    assert response.status_code == 401


def test_url_does_not_exist_without_janus(tell, waiting, settings):
    settings.MEDIA_SERVER = "none"

    assert tell([moved(waiting)]).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_allowed(client, waiting, method):
    assert getattr(client, method)(URL).status_code == 405
