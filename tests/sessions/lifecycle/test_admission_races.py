"""Concurrent admissions: never more than max_members, and only one session."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from rooms.changes import RoomIsLive, delete_room
from rooms.models import Room, RoomChange
from sessions.lifecycle import AdmissionRefused, admit, end, leave
from sessions.models import Member, RoomSession, SessionEvent
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, ProjectFactory, RoomFactory

pytestmark = pytest.mark.django_db(transaction=True)

CAP, CROWD = 10, 64
# The capacity of a room that a token creates.
DEFAULT_CAP = 20
# .ci/run sets 200, which takes minutes; SQLite allows only one writer at a time anyway.
ROUNDS = int(os.environ.get("GREENROOM_ROUNDS", "30")) if connection.vendor == "postgresql" else 4


@pytest.fixture
def crowd():
    """Run work(0) … work(count - 1) concurrently, each with its own database connection."""
    with ThreadPoolExecutor(CROWD) as threads:

        def at_once(work, count=CROWD):
            together = threading.Barrier(count)

            def begin(number):
                together.wait()
                return work(number)

            return list(threads.map(begin, range(count)))

        yield at_once
        at_once(lambda number: connection.close())


def tried(claims, **how):
    """Return the admission, or the reason of its refusal."""
    try:
        return admit(claims, by=TESTS, **how)
    except AdmissionRefused as refused:
        return refused.decision.reason.value


def tokens(project, name, count, *, auto_create_room=False):
    """Return the claims of `count` room tokens."""
    return [Claims(project.pk, name, auto_create_room=auto_create_room) for _ in range(count)]


@pytest.mark.long
def test_concurrent_admissions_of_64_stop_exactly_at_max_members(crowd):
    project = ProjectFactory()
    for number in range(ROUNDS):
        room = RoomFactory(project=project, name=f"room-{number}", max_members=CAP)
        held = tokens(project, room.name, CROWD)

        came = crowd(lambda n, held=held: tried(held[n]))

        assert came.count("full") == CROWD - CAP
        session = RoomSession.objects.get(room=room)
        inside = set(session.members.filter(leave_time=None))
        assert inside == {one.member for one in came if one != "full"}
        assert len(inside) == CAP
        assert session.events.filter(type="member.joined").count() == CAP


@pytest.mark.long
@pytest.mark.parametrize("auto_create_room", [False, True])
def test_concurrent_first_admissions_start_one_session(crowd, auto_create_room):
    project = ProjectFactory()
    for number in range(ROUNDS // 2):
        name = f"room-{number}"
        if not auto_create_room:
            RoomFactory(project=project, name=name, max_members=DEFAULT_CAP)
        held = tokens(project, name, 32, auto_create_room=True)

        came = crowd(lambda n, held=held: tried(held[n]), 32)

        session = RoomSession.objects.get(name=name)
        assert came.count("full") == 32 - DEFAULT_CAP
        assert {one.session for one in came if one != "full"} == {session}
        assert session.members.count() == DEFAULT_CAP
        assert session.events.filter(type="room.started").count() == 1
        assert RoomChange.objects.filter(room_name=name).count() == 1


def test_repeated_calls_of_one_user_count_once(crowd):
    room = RoomFactory(max_members=2)
    claims, other = tokens(room.project, room.name, 2)
    mine = uuid7()

    by_id = crowd(lambda n: tried(claims, member_id=mine), 16)
    by_token = crowd(lambda n: tried(other), 16)

    assert {one.member.pk for one in by_id} == {mine}
    assert len({one.member for one in by_token}) == 1
    assert sum(one.is_new for one in (*by_id, *by_token)) == 2
    assert Member.objects.count() == 2


def test_concurrent_admissions_and_leaves_keep_to_max_members(crowd):
    room = RoomFactory(max_members=3)

    def come_and_go(number):
        seen = []
        for claims in tokens(room.project, room.name, 6):
            came = tried(claims)
            seen.append(came == "full")
            if came != "full":
                assert came.session.members.filter(leave_time=None).count() <= 3
                leave(Member.objects.all(), came.member.pk)
        return seen

    crowd(come_and_go, 8)

    _check_told_in_order(room)


def _check_told_in_order(room):
    """Check the events of a room in order: never more than max_members inside, no member twice."""
    inside = set()
    for event in SessionEvent.objects.filter(session__room=room).order_by("pk"):
        who = event.payload.get("member", {}).get("id")
        if event.type == "member.joined":
            assert who not in inside
            inside.add(who)
        elif event.type == "member.left":
            inside.remove(who)
        assert len(inside) <= room.max_members
    assert not inside


@pytest.mark.long
def test_no_member_is_left_in_a_session_that_ends_during_admissions(crowd):
    room = RoomFactory()
    for _ in range(ROUNDS):
        host, *guests = tokens(room.project, room.name, 5)
        host = tried(replace(host, end_room_session_on_leave=True)).member

        def come_or_end(number, host=host, guests=guests):
            if number == 0:
                return leave(Member.objects.all(), host.pk)
            return tried(guests[number - 1])

        crowd(come_or_end, 5)

        assert not Member.objects.filter(leave_time=None, session__end_time__isnull=False).exists()
        for session in RoomSession.objects.filter(end_time=None):
            end(RoomSession.objects.all(), session.pk)


def test_room_is_not_deleted_during_an_admission(crowd):
    project = ProjectFactory()
    for number in range(ROUNDS // 4):
        room = RoomFactory(project=project, name=f"room-{number}")
        (claims,) = tokens(project, room.name, 1)

        def delete(room=room):
            try:
                delete_room(Room.objects.all(), room.pk, by=TESTS)
            except RoomIsLive:
                return "live"
            return "deleted"

        came, deleted = crowd(lambda n, c=claims, d=delete: tried(c) if n == 0 else d(), 2)

        if deleted == "live":
            assert came.session.room == room
        else:
            assert came == "room_deleted"
        assert not RoomSession.objects.filter(room=None).exists()
