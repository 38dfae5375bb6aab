"""POST /room_sessions/admissions: a deleted room is not made again by a token from before."""

import pytest
from django.utils import timezone

from rooms.changes import delete_room, restore_room
from rooms.models import Room, RoomChange
from rooms.models.history import Action
from sessions.lifecycle import delete_unused_rooms, end
from sessions.models import RoomSession
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, ProjectFactory, RoomFactory
from tests.support.admissions import admitted, refused
from tests.support.api import ROOMS_URL, nothing_changes, room_url


@pytest.fixture
def delete(api):
    """Delete a room by the API, after its sessions have ended."""

    def delete(room):
        for session in RoomSession.objects.filter(room=room, end_time=None):
            end(RoomSession.objects.all(), session.pk)
        assert api.delete(room_url(room)).status_code == 204

    return delete


@pytest.mark.parametrize("may_create", [True, False])
def test_token_of_a_deleted_room_is_refused(show, token_for, room, delete, may_create):
    token = token_for(room, auto_create_room=may_create)
    delete(room)

    with nothing_changes():
        detail = refused(show(token), "room_deleted")

    assert detail == f"The room {room.name} was deleted. Request a new room token."


def test_token_of_a_deleted_room_is_no_token_of_its_successor(api, show, token_for, room, delete):
    token = token_for(room)
    delete(room)
    api.post(ROOMS_URL, {"name": room.name})

    with nothing_changes():
        refused(show(token), "room_deleted")

    assert admitted(show(token_for(room)))


def test_new_token_makes_a_deleted_room_again(show, token_for, room, delete):
    delete(room)

    assert admitted(show(token_for(room)))["session"]["name"] == room.name
    assert Room.objects.get().auto_created


def test_deletion_by_staff_counts(show, token_for, room):
    token = token_for(room)
    delete_room(Room.objects, room.pk, by=TESTS)

    with nothing_changes():
        refused(show(token), "room_deleted")


def test_token_admits_again_after_its_room_is_restored(show, token_for, room):
    token = token_for(room)
    delete_room(Room.objects, room.pk, by=TESTS)
    restore_room(RoomChange.objects.get(action=Action.DELETED), by=TESTS)

    assert admitted(show(token))["session"]["room_id"] == str(room.pk)


def test_deleted_room_of_a_token_is_not_made_again_by_the_same_token(
    show, token_for, delete, project
):
    token = token_for("lobby")
    admitted(show(token))
    delete(Room.objects.get())

    with nothing_changes():
        refused(show(token), "room_deleted")


def test_member_may_come_back_after_the_worker_has_deleted_the_room(show, token_for, project):
    token = token_for("lobby")
    first = admitted(show(token))["session"]
    end(RoomSession.objects.all(), first["id"])
    assert delete_unused_rooms(timezone.now()) == 1

    second = admitted(show(token))["session"]

    assert second["id"] != first["id"]
    assert Room.objects.get().auto_created


def test_other_tokens_may_be_older_than_the_room_that_the_first_one_made(show, token_for, project):
    older, newer = token_for("lobby"), token_for("lobby")

    rooms = {admitted(show(token))["session"]["room_id"] for token in (newer, older)}

    assert len(rooms) == 1


def test_deletions_of_other_names_and_projects_do_not_count(api, show, token_for, project):
    token = token_for("lobby")
    theirs = RoomFactory(project=ProjectFactory(), name="lobby")
    delete_room(Room.objects, theirs.pk, by=TESTS)
    api.delete(room_url(RoomFactory(project=project, name="lobby-2")))

    assert admitted(show(token))


def test_dry_run_reports_the_deletion(show, token_for, room, delete):
    token = token_for(room)
    delete(room)

    with nothing_changes():
        refused(show(token, "?dry_run=true"), "room_deleted")


def test_time_of_any_id_can_be_compared(project):
    for number in (0, 2**128 - 1):
        claims = Claims(project.pk, "lobby", id=type(project.pk)(int=number))

        assert not RoomChange.objects.filter(at__gt=claims.issued_at).exists()
