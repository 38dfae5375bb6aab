"""Every call of the real client: it works, or the refusal says that Greenroom lacks it."""

import inspect

import pytest
from signalwire.rest import RestClient, SignalWireRestError

from tests.factories import MemberFactory, RecordingFactory, SessionFactory

SESSIONS = ("get", "list", "list_events", "list_members", "list_recordings", "paginate")
WORKING = {("rooms", name) for name in ("create", "delete", "get", "list", "paginate", "update")}
WORKING |= {("room_sessions", name) for name in SESSIONS}
WORKING |= {("room_recordings", name) for name in ("delete", "get", "list", "list_events")}
WORKING |= {("room_tokens", "create")}


def public(part):
    return [name for name in dir(part) if not name.startswith("_")]


def calls():
    """Return each call as the names of its resource and its method."""
    video = RestClient("project", "token", host="localhost").video
    resources = {name: getattr(video, name) for name in public(video)}
    return [
        (name, method)
        for name, resource in resources.items()
        if not callable(resource)
        for method in public(resource)
        if callable(getattr(resource, method))
    ]


def needed(method):
    """Return the names of the required positional and keyword arguments."""
    taken = inspect.signature(method).parameters.values()
    required = [one for one in taken if one.default is one.empty]
    return (
        [one.name for one in required if one.kind <= one.POSITIONAL_OR_KEYWORD],
        [one.name for one in required if one.kind == one.KEYWORD_ONLY],
    )


@pytest.fixture
def call(video, room):
    """Call a method by its names, with the id of a resource of its kind."""
    session = SessionFactory(room=room, ended=True)
    MemberFactory(session=session, left=True)
    RecordingFactory(session=session, ended=True)
    ids = {
        "rooms": str(room.pk),
        "room_sessions": str(session.pk),
        "room_recordings": video.room_recordings.list()["data"][0]["id"],
    }

    def run(resource, name):
        method = getattr(getattr(video, resource), name)
        ids_needed, texts_needed = needed(method)
        texts = dict.fromkeys(texts_needed, "made-by-the-client")
        answer = method(*[ids.get(resource, str(room.pk))] * len(ids_needed), **texts)
        return list(answer) if name == "paginate" else answer

    return run


@pytest.mark.parametrize(("resource", "name"), sorted(WORKING))
def test_call_works(call, resource, name):
    answer = call(resource, name)

    assert answer if name != "delete" else answer == {}


@pytest.mark.parametrize(("resource", "name"), sorted(set(calls()) - WORKING))
def test_missing_call_is_refused_with_a_sentence(call, resource, name):
    with pytest.raises(SignalWireRestError) as caught:
        call(resource, name)

    assert caught.value.status_code == 404
    assert "Greenroom" in caught.value.body["detail"]


def test_every_working_call_is_a_call_of_the_client():
    assert set(calls()) >= WORKING
