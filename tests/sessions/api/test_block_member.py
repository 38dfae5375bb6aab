"""DELETE …/members/{id}?block=true and POST …/members/{id}/unblock."""

import pytest

from sessions.models import Member
from tests.factories import MemberFactory
from tests.support.admissions import admitted, refused
from tests.support.api import MEMBER_KEYS, faults, member_url, nothing_changes


@pytest.fixture
def link(token_for, room):
    return token_for(room, user_name="Ada")


@pytest.fixture
def member(show, link):
    admitted(show(link))
    return Member.objects.get()


@pytest.mark.parametrize("query", ["block=true", "block=1&reason=removed"])
def test_blocked_member_is_refused_until_the_block_is_lifted(api, show, link, member, query):
    assert api.delete(f"{member_url(member)}?{query}").status_code == 204
    member.refresh_from_db()
    assert member.leave_reason == "removed"
    with nothing_changes():
        detail = refused(show(link), "blocked")
    assert detail == "A member with this room token was removed, and cannot join again with it."

    response = api.post(f"{member_url(member)}/unblock")

    assert response.status_code == 200
    assert list(response.json()) == MEMBER_KEYS
    assert response.json()["id"] == str(member.pk)
    assert admitted(show(link))


@pytest.mark.parametrize("query", ["", "?reason=removed", "?block=false", "?block=0&reason=left"])
def test_removal_does_not_block_by_default(api, show, link, member, query):
    api.delete(member_url(member) + query)

    assert admitted(show(link))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("block=yes", ("block", "not_a_boolean")),
        ("block=", ("block", "not_a_boolean")),
    ],
)
def test_unreadable_block_removes_no_one(api, member, query, fault):
    with nothing_changes():
        response = api.delete(f"{member_url(member)}?{query}")

    assert faults(response) == [fault]


def test_reason_of_a_blocked_member_may_be_left(api, show, link, member):
    api.delete(f"{member_url(member)}?block=true&reason=left")

    member.refresh_from_db()
    assert member.leave_reason == "left"
    refused(show(link), "blocked")


def test_dry_runs_of_block_and_unblock_change_nothing(api, show, link, member):
    with nothing_changes():
        api.delete(f"{member_url(member)}?block=true&dry_run=true")
    api.delete(f"{member_url(member)}?block=true")

    with nothing_changes():
        response = api.post(f"{member_url(member)}/unblock?dry_run=true")

    assert response.json()["dry_run"] is True
    refused(show(link), "blocked")


def test_unblock_without_a_block_changes_nothing(api, member):
    with nothing_changes():
        assert api.post(f"{member_url(member)}/unblock").status_code == 200


def test_unblock_is_only_for_members_of_the_session(api, member):
    others = [MemberFactory(), MemberFactory(session__room__project=member.session.project)]

    with nothing_changes():
        for other in others:
            other.session_id = member.session_id
            assert api.post(f"{member_url(other)}/unblock").status_code == 404
        assert api.post(f"{member_url(member)[:-1]}x/unblock").status_code == 404


def test_unknown_key_of_unblock_is_refused_in_strict_mode(api, member):
    response = api.post(f"{member_url(member)}/unblock", {"a": 1}, HTTP_PREFER="handling=strict")

    assert faults(response) == [("a", "unknown_parameter")]
