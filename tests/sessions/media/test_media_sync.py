"""Sync between our tables and the media server in both directions, with a real Janus."""

import pytest

from sessions.lifecycle import end, leave
from sessions.lifecycle.live_settings import apply_settings
from sessions.media.seats import allocate_seat
from sessions.models import JoinAs, MediaRoom, MediaSeat, Member, RoomSession, SessionEventType
from tests.factories import TESTS
from tests.support.janus_visitor import Visitor
from tests.support.media_sync import disconnect, run_sync
from tests.support.video_calls import comes_to

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert run_sync() == 0
    assert not MediaRoom.objects.exists()


def test_member_who_left_is_removed_from_janus(janus, let_in):
    one, other = let_in("one"), let_in("other")
    place = allocate_seat(one)
    Visitor(place)
    Visitor(allocate_seat(other))

    leave(Member.objects.all(), one.member.pk)
    run_sync()

    assert janus.inside(other.session).keys() == {str(other.member.pk)}
    assert list(MediaSeat.objects.values_list("pk", flat=True)) == [other.member.pk]
    with pytest.raises(ValueError, match="Unauthorized"):
        Visitor(place)


def test_empty_session_that_ends_removes_its_janus_room(janus, let_in):
    admission = let_in()
    allocate_seat(admission)
    leave(Member.objects.all(), admission.member.pk)
    run_sync()

    end(RoomSession.objects.all(), admission.session.pk)
    run_sync()

    assert janus.inside(admission.session) is None


def test_ended_session_removes_its_janus_room(janus, let_in):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor(place)

    end(RoomSession.objects.all(), admission.session.pk)
    run_sync()

    assert janus.inside(admission.session) is None
    assert not MediaRoom.objects.exists()
    with pytest.raises(ValueError, match="Unauthorized"):
        Visitor(place)


def test_participant_who_left_janus_leaves_the_session(janus, let_in):
    admission = let_in()
    visitor = Visitor(allocate_seat(admission))
    run_sync()

    disconnect(visitor, janus, admission)
    run_sync(later=11)

    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"
    assert not MediaSeat.objects.exists()


def test_member_who_never_connects_is_removed_after_a_time(janus, let_in, settings):
    admission = let_in()
    allocate_seat(admission)

    run_sync()
    run_sync(later=settings.MEDIA_JOIN_SECONDS - 1)
    admission.member.refresh_from_db()
    assert admission.member.leave_time is None

    run_sync(later=settings.MEDIA_JOIN_SECONDS + 11)
    admission.member.refresh_from_db()
    assert admission.member.leave_reason == "disconnected"


def test_participant_with_an_unknown_id_is_removed(janus, let_in):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor({**place, "id": "somebody else"})
    Visitor(place)
    assert janus.inside(admission.session).keys() == {"somebody else", place["id"]}

    run_sync()

    assert janus.inside(admission.session).keys() == {place["id"]}


def test_audience_that_publishes_is_removed(janus, let_in, enter):
    quiet = let_in("quiet", join_as=JoinAs.AUDIENCE)
    loud = let_in("loud", join_as=JoinAs.AUDIENCE)
    speaker = let_in("speaker")
    Visitor(allocate_seat(quiet))
    pages = [enter(allocate_seat(one)) for one in (loud, speaker)]
    for page in pages:
        comes_to(page, "publishing")

    run_sync()

    comes_to(pages[0], "out: ")
    loud.member.refresh_from_db()
    assert loud.member.leave_reason == "removed"
    assert janus.inside(loud.session) == {str(quiet.member.pk): False, str(speaker.member.pk): True}


def test_setting_of_a_live_session_is_sent_once(janus, let_in):
    admission = let_in()
    session = admission.session
    allocate_seat(admission)
    run_sync()
    assert SessionEventType.RECORDING_STARTED not in events_of(session)

    apply_settings(RoomSession.objects.all(), session.pk, {"record_on_start": True}, by=TESTS)
    run_sync()
    run_sync(later=11)
    apply_settings(RoomSession.objects.all(), session.pk, {"record_on_start": False}, by=TESTS)
    run_sync()

    told = [event for event in events_of(session) if event.startswith("recording")]
    assert told == [SessionEventType.RECORDING_STARTED, SessionEventType.RECORDING_ENDED]


def test_change_of_another_setting_records_no_new_recording_event(janus, let_in):
    session = let_in().session
    allocate_seat(let_in())
    RoomSession.objects.filter(pk=session.pk).update(record_on_start=True)
    run_sync()

    RoomSession.objects.filter(pk=session.pk).update(display_name="Board")
    run_sync(later=11)

    assert MediaRoom.objects.get().pushed_settings["display_name"] == "Board"
    assert events_of(session).count(SessionEventType.RECORDING_STARTED) == 1
