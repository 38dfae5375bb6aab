"""The real client reads sessions, and gets room tokens."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from signalwire.rest import SignalWireRestError

from sessions.media.recordings import composition_ready, film_path, finish_recordings
from sessions.models import EVENT_IDS
from sessions.tokens.room_tokens import read_token
from tests.factories import MemberFactory, RecordingFactory, SessionFactory


def test_list_and_get_room_sessions(video, room):
    past = SessionFactory(room=room, ended=True, start_time=timezone.now())
    live = SessionFactory(room=room)
    SessionFactory()

    items = list(video.room_sessions.paginate(page_size=1, room_name_matches="stand"))

    assert [item["id"] for item in items] == [str(live.pk), str(past.pk)]
    # The reference sends this key in lists only.
    cover = items[0].pop("locked_cover")
    assert cover.startswith("/static/")
    assert video.room_sessions.get(str(live.pk)) == items[0]
    assert (items[0]["room_id"], items[0]["status"]) == (str(room.pk), "in-progress")


@pytest.mark.parametrize(
    "narrowed", [{"status": "completed"}, {"room_name": "retro"}, {"room_id": "{retro}"}]
)
def test_room_sessions_can_be_filtered(video, token, room, narrowed):
    SessionFactory(room=room)
    retro = SessionFactory(room__project=token.project, room__name="retro", ended=True)
    narrowed = {name: value.format(retro=retro.room_id) for name, value in narrowed.items()}

    page = video.room_sessions.list(**narrowed)

    assert [item["id"] for item in page["data"]] == [str(retro.pk)]


def test_create_room_token(video, token):
    made = video.room_tokens.create(
        room_name="standup",
        user_name="Ada",
        permissions=["room.self.audio_mute", "room.set_layout"],
        join_until="2999-01-01",
        remove_after_seconds_elapsed=60,
        join_as="member",
        media_allowed="all",
        end_room_session_on_leave=True,
        meta={"seat": 4},
        join_audio_muted=True,
    )

    claims = read_token(made["token"], token.project_id)
    assert (claims.room_name, claims.user_name, claims.meta) == ("standup", "Ada", {"seat": 4})
    assert claims.permissions == ("room.self.audio_mute", "room.set_layout")
    assert claims.remove_after_seconds_elapsed == 60
    assert claims.end_room_session_on_leave


def test_invalid_room_token_request_is_refused(video):
    with pytest.raises(SignalWireRestError) as caught:
        video.room_tokens.create(room_name="stand up", permissions=["room.fly"])

    assert caught.value.status_code == 422
    attributes = {fault["attribute"] for fault in caught.value.body["errors"]}
    assert attributes == {"room_name", "permissions"}


def test_list_members_events_and_recordings_of_a_session(video, room):
    start = timezone.now()
    session = SessionFactory(room=room, start_time=start)
    ada = MemberFactory(
        session=session, name="Ada", join_time=start, left=True,
        leave_time=start + timedelta(seconds=60),
    )  # fmt: skip
    bob = MemberFactory(session=session, name="Bob")
    event = RecordingFactory(session=session)

    members = video.room_sessions.list_members(str(session.pk))["data"]
    events = video.room_sessions.list_events(str(session.pk))["data"]
    recordings = video.room_sessions.list_recordings(str(session.pk))["data"]

    assert [(one["id"], one["name"], one["duration"]) for one in members] == [
        (str(bob.pk), "Bob", None),
        (str(ada.pk), "Ada", 60),
    ]
    assert [(one["id"], one["name"]) for one in events] == [
        (str(EVENT_IDS.id_of(event.pk)), "recording.started")
    ]
    assert recordings == video.room_recordings.list()["data"]
    found = video.room_recordings.get(recordings[0]["id"])
    assert [person["name"] for person in found.pop("people")] == ["Ada", "Bob"]
    assert found == recordings[0]
    assert video.room_recordings.list_events(recordings[0]["id"])["data"] == events


@pytest.fixture
def composed(room, settings, tmp_path):
    """A recording of a minute with its film."""
    settings.MIXER, settings.RECORDINGS_FOLDER = True, str(tmp_path)
    start = timezone.now() - timedelta(seconds=61)
    recording = RecordingFactory(session__room=room, session__start_time=start)
    finish_recordings(recording.session, start + timedelta(seconds=60))
    held = recording.compositions.all()
    film_path(held.get()).write_bytes(b"film")
    composition_ready(held, faults=[], size_in_bytes=4, seconds=60, cpu_seconds=25)
    return recording


def test_recording_is_listed_read_and_deleted_with_true_values(video, greenroom, composed):
    [of_session] = video.room_sessions.list_recordings(str(composed.session_id))["data"]
    [listed] = video.room_recordings.list(media_ttl=60)["data"]
    found = video.room_recordings.get(listed["id"])

    assert found.pop("people") == []
    assert {**of_session, "uri": ""} == {**listed, "uri": ""} == {**found, "uri": ""}
    assert (found["status"], found["state"], found["format"]) == ("completed", "ready", "mp4")
    assert (found["duration"], found["size_in_bytes"]) == (60, 4)
    links = [one["uri"].removeprefix(greenroom.url) for one in (of_session, listed, found)]
    assert [b"".join(Client().get(link)) for link in links] == [b"film"] * 3

    assert video.room_recordings.delete(found["id"]) == {}

    assert {Client().get(link).status_code for link in links} == {404}
    gone = video.room_recordings.get(found["id"])
    assert (gone["state"], gone["uri"]) == ("deleted", None)
    assert video.room_recordings.list()["data"] == []
    assert video.room_sessions.list_recordings(str(composed.session_id))["data"] == []
    with pytest.raises(SignalWireRestError) as caught:
        video.room_recordings.delete(found["id"])
    assert caught.value.status_code == 404
