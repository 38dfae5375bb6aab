"""What Janus tells us of who came and went: a hint, from Janus alone."""

import json

import pytest

from sessions.models import MediaRoom
from tests.factories import SessionFactory
from tests.support.api import basic
from tests.support.janus import SECRETS

URL = "/media/janus/events"


@pytest.fixture
def waiting(db, settings):
    """A room that nobody looks at before the year 2999."""
    settings.MEDIA_SERVER = "janus"
    settings.JANUS_EVENTS_SECRET = SECRETS["JANUS_EVENTS_SECRET"]
    return MediaRoom.objects.create(session=SessionFactory(), look_at="2999-01-01T00:00Z")


@pytest.fixture
def tell(client):
    """Send events as Janus does, or with credentials of one's own."""

    def send(body, user="janus", secret=SECRETS["JANUS_EVENTS_SECRET"]):
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Authorization": basic(user, secret)}
        return client.post(URL, text, content_type="application/json", headers=headers)

    return send


def moved(room, event="leaving"):
    """Return an event as the VideoRoom plugin words it, cut to what we read and a little more."""
    data = {"event": event, "room": str(getattr(room, "pk", room)), "id": "somebody"}
    return {"type": 64, "event": {"plugin": "janus.plugin.videoroom", "data": data}}


def is_looked_at(room):
    room.refresh_from_db()
    return room.look_at.year < 2999


@pytest.mark.parametrize("event", ["joined", "published", "leaving", "kicked", "destroyed"])
def test_a_move_has_the_room_looked_at(tell, waiting, event):
    assert tell([moved(waiting, event)]).status_code == 204

    assert is_looked_at(waiting)


def test_one_event_comes_without_a_list(tell, waiting):
    assert tell(moved(waiting)).status_code == 204

    assert is_looked_at(waiting)


def test_only_the_rooms_that_are_named_are_looked_at(tell, waiting):
    other = MediaRoom.objects.create(session=SessionFactory(), look_at="2999-01-01T00:00Z")

    tell([moved(other)])

    assert (is_looked_at(waiting), is_looked_at(other)) == (False, True)


# Our own words to Janus come back as events: to look at them would make more of them.
@pytest.mark.parametrize("event", ["edited", "created", "configured", "subscribing"])
def test_what_moves_nobody_asks_for_no_look(tell, waiting, event):
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
def test_what_names_no_room_is_taken_and_does_nothing(tell, waiting, body):
    assert tell(body).status_code == 204

    assert not is_looked_at(waiting)


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, "\ud800"])
def test_what_is_not_json_is_refused(tell, waiting, body):
    response = tell(body.encode("utf-8", "surrogatepass").decode("latin-1"))

    assert response.status_code == 400
    assert not is_looked_at(waiting)


@pytest.mark.parametrize(
    "credentials",
    [{"secret": "guessed"}, {"user": "root"}, {"secret": ""}, {"secret": "größer"}],
)
def test_others_than_janus_are_refused(tell, waiting, credentials):
    response = tell([moved(waiting)], **credentials)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"]
    assert not is_looked_at(waiting)


def test_without_credentials_nobody_is_heard(client, waiting):
    response = client.post(URL, json.dumps([moved(waiting)]), content_type="application/json")

    assert response.status_code == 401


def test_without_janus_there_is_no_such_address(tell, waiting, settings):
    settings.MEDIA_SERVER = "none"

    assert tell([moved(waiting)]).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_events_are_only_posted(client, waiting, method):
    assert getattr(client, method)(URL).status_code == 405
