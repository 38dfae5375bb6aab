"""The media server is away, hangs or restarts: what is repeated, and what is refused."""

import pytest

from sessions.lifecycle import admit, leave
from sessions.media.seats import NoSeat, allocate_seat
from sessions.models import Member
from sessions.tokens.room_tokens import Claims
from tests.factories import TESTS, RoomFactory
from tests.support.janus_visitor import Visitor
from tests.support.media_sync import run_sync
from tests.support.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def test_restarted_janus_gets_its_rooms_and_members_can_return(
    janus, running_janus, let_in, settings
):
    admission = let_in()
    place = allocate_seat(admission)
    Visitor(place)
    run_sync()

    running_janus.stop()
    running_janus.start()
    run_sync(later=11)

    admission.member.refresh_from_db()
    assert admission.member.leave_time is None
    assert Visitor(place).joined["videoroom"] == "joined"


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
    run_sync()
    settings.JANUS_ADMIN_URL = back
    run_sync(later=1)
    assert janus.inside(admission.session).keys() == {str(admission.member.pk)}

    run_sync(later=6)
    assert janus.inside(admission.session) == {}


def test_janus_that_does_not_answer_is_called_once(janus, let_in, settings, monkeypatch):
    allocate_seat(let_in())
    other = RoomFactory(project=let_in().session.project)
    claims = Claims(project_id=other.project_id, room_name=other.name)
    allocate_seat(admit(claims, by=TESTS))
    settings.JANUS_ADMIN_URL = f"http://127.0.0.1:{free_port()}/admin"
    asked = count_calls(janus, "inside", monkeypatch)

    run_sync()
    run_sync(later=1)

    assert len(asked) == 1


def count_calls(server, name, monkeypatch):
    """Return a list that grows with each call of a method of `server`."""
    calls, method = [], getattr(server, name)

    def counted(*args):
        calls.append(args)
        return method(*args)

    monkeypatch.setattr(server, name, counted)
    return calls
