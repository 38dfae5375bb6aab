"""Sync between our tables and the media server in both directions, with a real Janus."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from sessions.lifecycle import admit, end, leave
from sessions.lifecycle.live_settings import apply_settings
from sessions.media import sync
from sessions.media.seats import NoSeat, allocate_seat
from sessions.media.sync import keep_media_server
from sessions.models import JoinAs, MediaRoom, MediaSeat, Member, RoomSession, SessionEventType
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, RoomFactory
from tests.support.janus import Visitor
from tests.support.processes import eventually, free_port
from tests.support.video_calls import comes_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(project):
    return RoomFactory(project=project, max_members=3)


@pytest.fixture
def let_in(room):
    """Admit a user with a token."""

    ids = defaultdict(uuid7)

    def do(user="one", **said):
        claims = Claims(project_id=room.project_id, room_name=room.name, id=ids[user], **said)
        return admit(claims, by=TESTS)

    return do


def look(later=0):
    """Run the sync as if it were that many seconds later."""
    return keep_media_server(timezone.now() + timedelta(seconds=later))


def events_of(session):
    return [event.type for event in session.events.order_by("pk")]


def test_admitted_member_can_enter_janus(janus, let_in):
    admission = let_in()

    visitor = Visitor(allocate_seat(admission))

    assert visitor.joined["videoroom"] == "joined"
    assert janus.inside(admission.session).keys() == {str(admission.member.pk)}


def test_nothing_is_stored_without_a_media_server(let_in, settings):
    settings.MEDIA_SERVER = "none"

    assert allocate_seat(let_in()) is None
    assert look() == 0
    assert not MediaRoom.objects.exists()


def test_member_who_left_is_removed_from_janus(janus, let_in):
    one, other = let_in("one"), let_in("other")
    place = allocate_seat(one)
    Visitor(place)
    Visitor(allocate_seat(other))

    leave(Member.objects.all(), one.member.pk)
    look()

    assert janus.inside(other.session).keys() == {str(other.member.pk)}
    assert list(MediaSeat.objects.values_list("pk", flat=True)) == [other.member.pk]
    with pytest.raises(ValueError, match="Unauthorized"):
        Visitor(place)


def test_empty_session_that_ends_removes_its_janus_room(janus, let_in):
    admission = let_in()
    allocate_seat(admission)
    leave(Member.objects.all(), admission.member.pk)
    look()

    end(RoomSession.objects.all(), admission.session.pk)
    look()

    assert janus.inside(admission.session) is None


def test_ended_session_removes_its_janus_room(janus, let_in):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor(place)

    end(RoomSession.objects.all(), admission.session.pk)
    look()

    assert janus.inside(admission.session) is None
    assert not MediaRoom.objects.exists()
    with pytest.raises(ValueError, match="Unauthorized"):
        Visitor(place)


def test_participant_who_left_janus_leaves_the_session(janus, let_in):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    look()

    visitor.leave()
    look(later=11)

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"
    assert not MediaSeat.objects.exists()


def test_member_who_never_connects_is_removed_after_a_time(janus, let_in, settings):
    admission = let_in()
    allocate_seat(admission)

    look()
    look(later=settings.MEDIA_JOIN_SECONDS - 1)
    admission.member.refresh_from_db()
    assert admission.member.leave_time is None

    look(later=settings.MEDIA_JOIN_SECONDS + 11)
    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"


def test_participant_with_an_unknown_id_is_removed(janus, let_in):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor({**place, "id": "somebody else"})
    Visitor(place)
    assert janus.inside(admission.session).keys() == {"somebody else", place["id"]}

    look()

    assert janus.inside(admission.session).keys() == {place["id"]}


def test_audience_that_publishes_is_removed(janus, let_in, enter):
    quiet = let_in("quiet", join_as=JoinAs.AUDIENCE)
    loud = let_in("loud", join_as=JoinAs.AUDIENCE)
    speaker = let_in("speaker")
    Visitor(allocate_seat(quiet))
    pages = [enter(allocate_seat(one)) for one in (loud, speaker)]
    for page in pages:
        comes_to(page, "publishing")

    look()

    comes_to(pages[0], "out: ")
    loud.member.refresh_from_db()
    assert loud.member.leave_reason == "removed"
    assert janus.inside(loud.session) == {str(quiet.member.pk): False, str(speaker.member.pk): True}


def test_restarted_janus_gets_its_rooms_and_members_can_return(
    janus, running_janus, let_in, settings
):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor(place)
    look()

    running_janus.stop()
    running_janus.start()
    look(later=11)

    admission.member.refresh_from_db()
    assert admission.member.leave_time is None
    assert Visitor(place).joined["videoroom"] == "joined"


def test_setting_of_a_live_session_is_sent_once(janus, let_in):
    admission = let_in()
    session = admission.session
    allocate_seat(admission)
    look()
    assert SessionEventType.RECORDING_STARTED not in events_of(session)

    apply_settings(RoomSession.objects.all(), session.pk, {"record_on_start": True}, by=TESTS)
    look()
    look(later=11)
    apply_settings(RoomSession.objects.all(), session.pk, {"record_on_start": False}, by=TESTS)
    look()

    told = [event for event in events_of(session) if event.startswith("recording")]
    assert told == [SessionEventType.RECORDING_STARTED, SessionEventType.RECORDING_ENDED]


def test_change_of_another_setting_records_no_new_recording_event(janus, let_in):
    session = let_in().session
    allocate_seat(let_in())
    RoomSession.objects.filter(pk=session.pk).update(record_on_start=True)
    look()

    RoomSession.objects.filter(pk=session.pk).update(display_name="Board")
    look(later=11)

    assert MediaRoom.objects.get().pushed_settings["display_name"] == "Board"
    assert events_of(session).count(SessionEventType.RECORDING_STARTED) == 1


def test_without_janus_a_new_member_is_refused_and_the_seat_released(janus, let_in, settings):
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"
    admission = let_in()

    with pytest.raises(NoSeat, match="does not answer"):
        allocate_seat(admission)

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "no_place"


def test_without_janus_members_inside_stay(janus, let_in, settings):
    allocate_seat(let_in())
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"
    again = let_in()

    with pytest.raises(NoSeat):
        allocate_seat(again)

    again.member.refresh_from_db()
    assert (again.is_new, again.member.leave_time) == (False, None)


def test_missed_removals_are_sent_when_janus_is_back(janus, let_in, settings):
    admission = let_in()
    Visitor(allocate_seat(admission))
    away, back = f"http://127.0.0.1:{free_port()}/admin", settings.JANUS_ADMIN_URL
    leave(Member.objects.all(), admission.member.pk)

    settings.JANUS_ADMIN_URL = away
    look()
    settings.JANUS_ADMIN_URL = back
    look(later=1)
    assert janus.inside(admission.session).keys() == {str(admission.member.pk)}

    look(later=6)
    assert janus.inside(admission.session) == {}


def test_janus_that_does_not_answer_is_called_once(janus, let_in, settings, monkeypatch):
    allocate_seat(let_in())
    other = RoomFactory(project=let_in().session.project)
    claims = Claims(project_id=other.project_id, room_name=other.name)
    allocate_seat(admit(claims, by=TESTS))
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"
    asked = count_calls(janus, "inside", monkeypatch)

    look()
    look(later=1)

    assert len(asked) == 1


def count_calls(server, name, monkeypatch):
    """Return a list that grows with each call of a method of `server`."""
    calls, method = [], getattr(server, name)

    def counted(*args):
        calls.append(args)
        return method(*args)

    monkeypatch.setattr(server, name, counted)
    return calls


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
        look()
    assert MediaSeat.objects.exists()

    look()
    assert not MediaSeat.objects.exists()


def test_sync_requested_during_a_sync_is_not_lost(janus, let_in, monkeypatch):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    look()
    inside = janus.inside

    def inside_until(session):
        present = inside(session)
        visitor.leave()
        # Janus needs some time to remove its participants.
        eventually(lambda: not inside(session))
        MediaRoom.objects.request_look(session.pk)
        return present

    with monkeypatch.context() as patch:
        patch.setattr(janus, "inside", inside_until)
        look(later=11)
    look()

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"


def test_member_removed_during_admission_gets_no_access(janus, let_in, monkeypatch):
    admission = let_in()
    allow = janus.allow

    def allow_slowly(session, member):
        place = allow(session, member)
        leave(Member.objects.all(), member.pk)
        look()
        return place

    monkeypatch.setattr(janus, "allow", allow_slowly)
    with pytest.raises(NoSeat, match="same moment"):
        allocate_seat(admission)

    # The seat is still stored, so the next sync removes it from Janus again.
    assert MediaSeat.objects.filter(pk=admission.member.pk).exists()
    look()
    assert not MediaSeat.objects.exists()


def test_room_locked_by_another_sync_is_skipped(janus, let_in):
    allocate_seat(let_in())
    MediaRoom.objects.update(locked_until=timezone.now() + sync.BUSY)

    look()

    assert MediaRoom.objects.get().pushed_settings == {}
    # The lock expires after the longest time that a sync takes.
    look(later=61)
    assert MediaRoom.objects.get().pushed_settings


def test_requested_sync_runs_next(janus, let_in):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    look()
    visitor.leave()

    MediaRoom.objects.request_look(admission.session.pk)
    look()

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
    look()
    leave(Member.objects.all(), admission.member.pk)
    look()
    end(RoomSession.objects.all(), admission.session.pk)
    look()

    assert inside
    assert not any(inside)
