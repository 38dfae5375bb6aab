"""Admissions, removals and several syncs at the same time."""

import pytest
from django.db import connection
from django.utils import timezone

from sessions.lifecycle import end, leave
from sessions.media import sync
from sessions.media.seats import NoSeat, allocate_seat
from sessions.models import MediaRoom, MediaSeat, Member, RoomSession
from tests.support.janus_visitor import Visitor
from tests.support.media_sync import disconnect, run_sync
from tests.support.processes import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_seat_renewed_during_its_removal_is_removed_again(janus, let_in, monkeypatch):
    admission = let_in()
    allocate_seat(admission)
    leave(Member.objects.all(), admission.member.pk)
    remove = janus.remove

    def remove_slowly(session, member_id):
        remove(session, member_id)
        MediaSeat.objects.filter(pk=member_id).update(expected_by=timezone.now())

    with monkeypatch.context() as patch:
        patch.setattr(janus, "remove", remove_slowly)
        run_sync()
    assert MediaSeat.objects.exists()

    run_sync()
    assert not MediaSeat.objects.exists()


def test_sync_requested_during_a_sync_is_not_lost(janus, let_in, monkeypatch):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    run_sync()
    inside = janus.inside

    def inside_until(session):
        present = inside(session)
        visitor.leave()
        # Janus needs some time to remove its participants.
        eventually(lambda: not inside(session))
        MediaRoom.objects.request_sync(session.pk)
        return present

    with monkeypatch.context() as patch:
        patch.setattr(janus, "inside", inside_until)
        run_sync(later=11)
    run_sync()

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"


def test_member_removed_during_admission_gets_no_access(janus, let_in, monkeypatch):
    admission = let_in()
    allow = janus.allow

    def allow_slowly(session, member):
        place = allow(session, member)
        leave(Member.objects.all(), member.pk)
        run_sync()
        return place

    monkeypatch.setattr(janus, "allow", allow_slowly)
    with pytest.raises(NoSeat, match="same time"):
        allocate_seat(admission)

    # The seat is still stored, so the next sync removes it from Janus again.
    assert MediaSeat.objects.filter(pk=admission.member.pk).exists()
    run_sync()
    assert not MediaSeat.objects.exists()


def test_room_locked_by_another_sync_is_skipped(janus, let_in):
    allocate_seat(let_in())
    MediaRoom.objects.update(locked_until=timezone.now() + sync.LOCK)

    run_sync()

    assert MediaRoom.objects.get().pushed_settings == {}
    # The lock expires after the longest time that a sync takes.
    run_sync(later=61)
    assert MediaRoom.objects.get().pushed_settings


def test_requested_sync_runs_next(janus, let_in):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    run_sync()
    disconnect(visitor, janus, admission)

    MediaRoom.objects.request_sync(admission.session.pk)
    run_sync()

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"


def test_janus_is_never_called_in_a_transaction(janus, let_in, monkeypatch):
    post, inside = janus._post, []

    def note(message):
        inside.append(connection.in_atomic_block)
        return post(message)

    monkeypatch.setattr(janus, "_post", note)
    admission = let_in()
    allocate_seat(admission)
    run_sync()
    leave(Member.objects.all(), admission.member.pk)
    run_sync()
    end(RoomSession.objects.all(), admission.session.pk)
    run_sync()

    assert inside
    assert not any(inside)
