"""DELETE /room_sessions/{id}/members/{id} and POST …/end: each has its effect only once."""

import pytest
from django.utils import timezone

from sessions.models import LeaveReason, SessionEvent
from tests.factories import MemberFactory, SessionFactory
from tests.support.api import (
    end_url,
    events_url,
    faults,
    member_url,
    members_url,
    nothing_changes,
    session_url,
)


@pytest.fixture
def session(room):
    return SessionFactory(room=room)


@pytest.fixture
def member(session):
    return MemberFactory(session=session, name="Ada")


def names(api, session):
    return [event["name"] for event in api.get(events_url(session)).json()["data"]]


def test_member_leaves(api, session, member):
    other = MemberFactory(session=session)

    response = api.delete(member_url(member))

    assert (response.status_code, response.content) == (204, b"")
    member.refresh_from_db()
    other.refresh_from_db()
    assert member.leave_reason == LeaveReason.LEFT
    assert other.leave_time is None
    assert names(api, session) == ["member.left"]


@pytest.mark.parametrize("reason", ["left", "removed"])
def test_client_may_give_a_reason(api, member, reason):
    api.delete(f"{member_url(member)}?reason={reason}")

    member.refresh_from_db()
    assert member.leave_reason == reason
    assert SessionEvent.objects.latest("pk").payload["reason"] == reason


@pytest.mark.parametrize("reason", ["", "LEFT", "remove_at", "session_ended", "%00"])
def test_client_may_not_give_a_reason_of_the_system(api, member, reason):
    with nothing_changes():
        response = api.delete(f"{member_url(member)}?reason={reason}")

    assert faults(response) == [("reason", "invalid_parameter")]


def test_member_who_has_left_is_not_changed(api, member):
    api.delete(f"{member_url(member)}?reason=removed")

    with nothing_changes():
        again = api.delete(member_url(member))

    assert again.status_code == 204


def test_last_leave_makes_the_session_empty(api, session, member):
    api.delete(member_url(member))

    session.refresh_from_db()
    assert session.empty_since is not None
    assert api.get(session_url(session)).json()["status"] == "in-progress"


def test_member_is_found_only_in_its_own_session(api, room, member):
    past = SessionFactory(room=room, ended=True)
    foreign = MemberFactory()
    urls = [
        f"{members_url(past)}/{member.pk}",
        f"{members_url(member.session_id)}/{foreign.pk}",
        member_url(foreign),
        f"{members_url(member.session_id)}/x",
        f"{members_url('x')}/{member.pk}",
        f"{members_url(member.session_id)}/%00",
    ]

    for url in urls:
        with nothing_changes():
            response = api.delete(url)
        assert response.status_code == 404, url
        assert response.json() == {"error": "Not Found"}


def test_leave_has_a_dry_run(api, member):
    with nothing_changes():
        assert api.delete(f"{member_url(member)}?dry_run=true").status_code == 204
        assert faults(api.delete(f"{member_url(member)}?dry_run=maybe")) == [
            ("dry_run", "not_a_boolean")
        ]


def test_end_removes_every_member(api, session, member):
    MemberFactory(session=session, left=True)

    drawn = api.post(end_url(session)).json()

    assert (drawn["id"], drawn["status"]) == (str(session.pk), "completed")
    assert drawn["end_time"] is not None
    member.refresh_from_db()
    assert member.leave_reason == LeaveReason.SESSION_ENDED
    assert names(api, session) == ["room.ended", "member.left"]


def test_ended_session_is_not_changed(api, session):
    first = api.post(end_url(session))

    with nothing_changes():
        again = api.post(end_url(session))

    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("body", [None, {}, {"reason": "late"}])
def test_end_accepts_any_body_or_none(api, session, body):
    assert api.post(end_url(session), body).status_code == 200


def test_unparsable_body_ends_nothing(api, session):
    with nothing_changes():
        response = api.post(end_url(session), "{", content_type="application/json")

    assert response.status_code == 400


def test_dry_run_of_end_lists_the_removals(api, session, member):
    MemberFactory(session=session, left=True)

    with nothing_changes():
        drawn = api.post(f"{end_url(session)}?dry_run=true").json()

    assert drawn["status"] == "completed"
    assert drawn["dry_run"]["changes"] == {}
    [removal] = drawn["dry_run"]["removals"]
    assert removal["member"] == {"id": str(member.pk), "name": "Ada"}
    assert removal["at_once"] is True


def test_session_of_another_project_is_not_ended(api):
    foreign = SessionFactory(start_time=timezone.now())

    with nothing_changes():
        for path in (foreign, "x", "%00"):
            assert api.post(end_url(path)).status_code == 404


def test_room_can_be_deleted_after_its_session_ended(api, room, session):
    url = f"/api/video/rooms/{room.pk}"
    assert api.delete(url).status_code == 409

    api.post(end_url(session))

    assert api.delete(url).status_code == 204
