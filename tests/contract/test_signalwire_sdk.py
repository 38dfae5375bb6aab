"""The real client, signalwire-sdk from PyPI, against the real server."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import signalwire
from django.utils import timezone
from signalwire.rest import RestClient, SignalWireRestError

from access.values.timestamps import format_timestamp, parse_timestamp
from rooms.models import Room, RoomChange
from sessions.models import SessionEventType
from sessions.tokens.room_tokens import read_token
from tests.factories import (
    EventFactory,
    MemberFactory,
    RoomFactory,
    SessionFactory,
    TokenFactory,
)
from tests.support.api import nothing_changes

EXAMPLE = Path(signalwire.__file__).parent / "_docs/rest/examples/rest_video_rooms.py"


@pytest.fixture
def token(greenroom):
    return TokenFactory()


@pytest.fixture
def video(greenroom, token):
    return client_with(greenroom, token.project_id, token.secret)


@pytest.fixture
def room(token):
    return RoomFactory(project=token.project, name="standup", description="Mondays.")


def client_with(greenroom, project, secret):
    client = RestClient(str(project), secret, host=f"{greenroom.host}:{greenroom.port}")
    return client.video


def test_create_room(video, token):
    made = video.rooms.create(
        name="standup",
        display_name="Weekly stand-up",
        max_members=30,
        quality="1080p",
        join_from="2022-01-01T23:59:60Z",
        layout="3x3",
        record_on_start=True,
        sync_audio_video=True,
        meta={"team": "platform"},
    )

    room = Room.objects.get()
    assert made["id"] == str(room.pk)
    assert (room.project, room.name, room.display_name) == (
        token.project,
        "standup",
        "Weekly stand-up",
    )
    assert (room.max_members, room.quality, room.layout) == (30, "1080p", "3x3")
    assert (room.record_on_start, room.audio_video_sync) == (True, True)
    assert room.join_from == parse_timestamp("2022-01-02")
    assert room.meta == {"team": "platform"}
    assert RoomChange.objects.get().author_id == str(token.pk)


def test_get_room_by_id_and_by_name(video, room):
    by_id = video.rooms.get(str(room.pk))

    assert by_id == video.rooms.get("standup")
    assert by_id["description"] == "Mondays."


def test_update_one_field_and_keep_the_others(video, room):
    drawn = video.rooms.update(str(room.pk), max_members=12)

    assert drawn["max_members"] == 12
    room.refresh_from_db()
    assert (room.max_members, room.description, room.version) == (12, "Mondays.", 2)


def test_update_without_values_changes_nothing(video, room):
    with nothing_changes():
        drawn = video.rooms.update(str(room.pk))

    assert drawn["updated_at"] == format_timestamp(room.updated_at)


def test_update_to_null_needs_extras(video, room):
    # The client drops arguments that are None, and offers extras for them.
    with nothing_changes():
        video.rooms.update(str(room.pk), description=None)
    drawn = video.rooms.update(str(room.pk), extras={"description": None})

    assert drawn["description"] is None
    room.refresh_from_db()
    assert room.description is None


def test_update_sends_fields_unknown_to_the_client(video, room):
    video.rooms.update(str(room.pk), audio_video_sync=True, not_ours="ignored")

    room.refresh_from_db()
    assert (room.audio_video_sync, room.version) == (True, 2)


def test_room_can_be_sent_back_as_received(video, room):
    drawn = video.rooms.get("standup")

    with nothing_changes():
        assert video.rooms.update(str(room.pk), extras=drawn) == drawn


def test_delete_room(video, room):
    assert video.rooms.delete(str(room.pk)) == {}

    assert not Room.objects.exists()
    assert RoomChange.objects.first().action == "deleted"


def test_list_rooms_newest_first_and_filtered(video, token):
    rooms = RoomFactory.create_batch(3, project=token.project)
    RoomFactory(project=token.project, quality="1080p")
    RoomFactory()

    page = video.rooms.list(quality="720p")

    assert [item["id"] for item in page["data"]] == [str(room.pk) for room in reversed(rooms)]
    assert "next" not in page["links"]


@pytest.mark.parametrize("ordering", ["-created_at", "name", "-join_from"])
def test_paginate_yields_every_room_once(video, token, ordering):
    rooms = RoomFactory.create_batch(7, project=token.project, quality="1080p")
    RoomFactory(project=token.project)

    items = list(video.rooms.paginate(page_size=2, quality="1080p", ordering=ordering))

    assert sorted(item["id"] for item in items) == sorted(str(room.pk) for room in rooms)


def test_errors_have_status_body_and_request_id(video, greenroom, token, room):
    SessionFactory(room=room)
    wrong = client_with(greenroom, token.project_id, "not-the-token")
    refusals = [
        (401, lambda: wrong.rooms.get("standup"), {"error": "Unauthorized"}),
        (404, lambda: video.rooms.get("nowhere"), {"error": "Not Found"}),
        (
            409,
            lambda: video.rooms.delete(str(room.pk)),
            {"error": "Conflict", "detail": "A session is in progress. End it first."},
        ),
    ]

    for status, call, body in refusals:
        with nothing_changes(), pytest.raises(SignalWireRestError) as caught:
            call()
        assert caught.value.status_code == status
        assert caught.value.body == body
        assert UUID(caught.value.request_id)


def test_all_errors_of_a_body_are_returned_together(video, greenroom, room):
    with nothing_changes(), pytest.raises(SignalWireRestError) as caught:
        video.rooms.update(str(room.pk), max_members=301, quality="4k", record_on_start="yes")

    assert caught.value.status_code == 422
    faults = {fault["attribute"]: fault for fault in caught.value.body["errors"]}
    assert {attribute: fault["code"] for attribute, fault in faults.items()} == {
        "max_members": "invalid_parameter",
        "quality": "invalid_parameter",
        "record_on_start": "not_a_boolean",
    }
    assert faults["max_members"] == {
        "type": "validation_error",
        "code": "invalid_parameter",
        "message": "max_members must be a whole number from 1 to 300, not 301.",
        "attribute": "max_members",
        "url": f"{greenroom.url}/api/docs#invalid_parameter",
    }


def test_list_and_get_room_sessions(video, room):
    past = SessionFactory(room=room, ended=True, start_time=timezone.now())
    live = SessionFactory(room=room)
    SessionFactory()

    items = list(video.room_sessions.paginate(page_size=1, room_name_matches="stand"))

    assert [item["id"] for item in items] == [str(live.pk), str(past.pk)]
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
    event = EventFactory(session=session, type=SessionEventType.RECORDING_STARTED)

    members = video.room_sessions.list_members(str(session.pk))["data"]
    events = video.room_sessions.list_events(str(session.pk))["data"]
    recordings = video.room_sessions.list_recordings(str(session.pk))["data"]

    assert [(one["id"], one["name"], one["duration"]) for one in members] == [
        (str(bob.pk), "Bob", None),
        (str(ada.pk), "Ada", 60),
    ]
    assert [(one["id"], one["name"]) for one in events] == [(str(event.pk), "recording.started")]
    assert recordings == video.room_recordings.list()["data"]
    assert video.room_recordings.get(recordings[0]["id"]) == recordings[0]
    assert video.room_recordings.list_events(recordings[0]["id"])["data"] == events


def test_clients_own_example_runs_to_its_end(greenroom, token):
    past = SessionFactory(room__project=token.project, room__name="retro", ended=True)
    MemberFactory(session=past, left=True)

    done = subprocess.run(
        [sys.executable, EXAMPLE],
        env={
            "PATH": "/usr/bin:/bin",
            "SIGNALWIRE_PROJECT_ID": str(token.project_id),
            "SIGNALWIRE_API_TOKEN": token.secret,
            "SIGNALWIRE_SPACE": f"{greenroom.host}:{greenroom.port}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    made = RoomChange.objects.get(action="created", room_name="daily-standup")
    for printed in (
        f"Created room: {made.room_id}",
        "Token: eyJ",
        f"Session {past.pk}: completed",
        "Members: 1",
        "Events: 0",
        "Recordings: 0",
        # We have no conferences or streams; the example expects this refusal.
        "Conference creation failed (expected in demo): 404",
        f"Deleted room {made.room_id}",
    ):
        assert printed in done.stdout
    assert not Room.objects.filter(name="daily-standup").exists()
