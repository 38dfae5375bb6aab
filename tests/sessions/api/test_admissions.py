"""POST /room_sessions/admissions: a gateway sends a room token and gets a member or the reason."""

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from access.values.timestamps import format_timestamp
from rooms.models import Room, RoomChange
from sessions.models import LeaveReason, Member, RoomSession
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import RoomFactory, SessionFactory
from tests.support.admissions import ANSWER, admitted, refused
from tests.support.api import (
    ADMISSIONS_URL,
    MEMBER_KEYS,
    ROOMS_URL,
    SESSION_KEYS,
    faults,
    member_url,
    members_url,
    nothing_changes,
    session_url,
)


def test_valid_room_token_is_admitted(api, show, token_for, room):
    token = token_for(
        room, user_name="Ada", permissions=("room.lock",), media_allowed="audio-only", meta={"a": 1}
    )

    answer = admitted(show(token))

    assert list(answer) == ANSWER
    assert list(answer["member"]) == MEMBER_KEYS
    assert list(answer["session"]) == SESSION_KEYS
    assert {name: answer[name] for name in ANSWER[2:]} == {
        "leave_by": None,
        "join_as": "member",
        "media_allowed": "audio-only",
        "join_audio_muted": False,
        "join_video_muted": False,
        "sync_audio_video": False,
        "permissions": ["room.lock"],
        "meta": {"a": 1},
        # Without a media server, the gateway handles the media.
        "media": None,
    }
    assert (answer["session"]["room_id"], answer["session"]["status"]) == (
        str(room.pk),
        "in-progress",
    )
    assert api.get(members_url(answer["session"]["id"])).json()["data"] == [answer["member"]]
    assert Member.objects.get().media_allowed == "audio-only"


def test_admission_returns_how_the_token_mutes_and_synchronizes(show, token_for, room):
    said = dict.fromkeys(("join_audio_muted", "join_video_muted", "sync_audio_video"), True)

    answer = admitted(show(token_for(room, **said)))

    assert {name: answer[name] for name in said} == said


@pytest.mark.parametrize(("said", "stands"), [(None, True), (False, False)])
def test_token_without_sync_audio_video_leaves_it_to_the_session(
    show, token_for, project, said, stands
):
    room = RoomFactory(project=project, audio_video_sync=True)

    assert admitted(show(token_for(room, sync_audio_video=said)))["sync_audio_video"] is stands


def test_audience_is_admitted_as_audience(show, token_for, room):
    answer = admitted(show(token_for(room, join_as="audience")))

    assert (answer["join_as"], Member.objects.get().join_as) == ("audience", "audience")


def test_form_body_is_accepted(api, token_for, room):
    response = api.post_form(ADMISSIONS_URL, {"token": token_for(room), "member_id": ""})

    assert admitted(response)["session"]["room_id"] == str(room.pk)


def test_token_decides_name_role_and_removal(show, token_for, room, soon):
    answer = admitted(show(token_for(room, user_name="Ada", remove_at=soon)))

    assert answer["member"]["name"] == "Ada"
    assert answer["leave_by"] == format_timestamp(soon)
    assert Member.objects.get().leave_by == soon


def test_second_call_with_the_same_token_admits_no_new_member(show, token_for, room):
    token = token_for(room)

    first, second = admitted(show(token)), admitted(show(token))

    assert first == second
    assert Member.objects.count() == 1


def test_gateway_may_choose_the_member_id(show, token_for, room):
    token, stay = token_for(room), str(uuid7())

    first = admitted(show(token, member_id=stay))

    assert first["member"]["id"] == stay
    assert admitted(show(token, member_id=stay)) == first


def test_ended_stay_cannot_be_continued(api, show, token_for, room):
    token, stay = token_for(room), str(uuid7())
    admitted(show(token, member_id=stay))
    api.delete(member_url(Member.objects.get()))

    with nothing_changes():
        response = show(token, member_id=stay)

    assert response.status_code == 409
    assert response.json()["error"] == "Conflict"


def test_member_id_of_another_token_or_project_is_refused(show, client_for, token_for, room):
    stay = str(uuid7())
    admitted(show(token_for(room), member_id=stay))
    theirs = RoomFactory()
    foreign = issue(Claims(project_id=theirs.project_id, room_name=theirs.name))

    with nothing_changes():
        by_another_token = show(token_for(room), member_id=stay)
        by_another_project = client_for(project=theirs.project).post(
            ADMISSIONS_URL, {"token": foreign, "member_id": stay}
        )

    assert (by_another_token.status_code, by_another_project.status_code) == (409, 409)


def test_unknown_keys_are_refused_only_in_strict_mode(api, token_for, room):
    body = {"token": token_for(room), "colour": "red"}

    with nothing_changes():
        strict = api.post(ADMISSIONS_URL, body, HTTP_PREFER="handling=strict")

    assert faults(strict) == [("colour", "unknown_parameter")]
    assert admitted(api.post(ADMISSIONS_URL, body))


def test_token_may_create_its_room(show, token_for, project, token):
    said = {"room_display_name": "Lobby", "enable_room_previews": True, "room_meta": {"a": 1}}

    answer = admitted(show(token_for("lobby", **said)))

    room = Room.objects.get()
    assert answer["session"]["room_id"] == str(room.pk)
    assert (room.project, room.name, room.display_name) == (project, "lobby", "Lobby")
    assert (room.enable_room_previews, room.meta) == (True, {"a": 1})
    assert RoomChange.objects.get().author_id == str(token.pk)


def test_room_that_a_join_made_is_not_in_the_list_of_rooms(api, ask, show, room):
    session = admitted(show(ask(room_name="ephemeral-1")))["session"]

    assert api.get(session_url(session["id"])).json()["name"] == "ephemeral-1"
    assert [one["name"] for one in api.get(ROOMS_URL).json()["data"]] == [room.name]


def test_created_room_is_displayed_by_its_name(show, token_for):
    admitted(show(token_for("lobby")))

    assert Room.objects.get().display_name == "lobby"


def test_dry_run_answers_and_admits_no_member(api, show, token_for, room):
    with nothing_changes():
        answer = admitted(show(token_for("lobby", user_name="Ada"), "?dry_run=true"))
        refused(show("x.y.z", "?dry_run=true"), "bad_token")

    assert list(answer) == [*ANSWER, "dry_run"]
    assert (answer["member"]["name"], answer["dry_run"]) == ("Ada", True)
    preferred = api.post(ADMISSIONS_URL, {"token": token_for(room)}, HTTP_PREFER="dry-run")
    assert preferred["Preference-Applied"] == "dry-run"
    assert not RoomSession.objects.exists()


def test_empty_session_with_other_settings_is_replaced(show, token_for, room):
    SessionFactory(room=room, max_members=7)

    answer = admitted(show(token_for(room)))

    # The session was empty and the room's settings differ, so a new session began.
    assert answer["session"]["max_members"] == 20
    assert RoomSession.objects.count() == 2


def test_leaving_host_ends_the_session(api, show, token_for, room):
    admitted(show(token_for(room, end_room_session_on_leave=True)))
    admitted(show(token_for(room)))
    host = Member.objects.earliest("join_time")

    api.delete(member_url(host))

    reasons = Member.objects.order_by("join_time").values_list("leave_reason", flat=True)
    assert list(reasons) == [LeaveReason.LEFT, LeaveReason.SESSION_ENDED]
    session = api.get(session_url(host.session_id)).json()
    assert session["status"] == "completed"


def test_times_have_no_fraction_of_a_second(show, token_for, project):
    room = RoomFactory(project=project, remove_after_seconds_elapsed=60)

    answer = admitted(show(token_for(room)))

    due = Member.objects.get().leave_by
    assert answer["leave_by"] == format_timestamp(due)
    assert due - Member.objects.get().join_time == timedelta(seconds=60)
