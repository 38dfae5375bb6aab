"""The ETag of a session: its version, for If-Match and for 304."""

from datetime import timedelta

import pytest
from django.utils.http import http_date

from sessions.models import RoomSession
from tests.factories import MemberFactory, SessionFactory
from tests.support.api import end_url, nothing_changes, session_url


@pytest.fixture
def session(room):
    return SessionFactory(room=room)


def test_etag_is_the_version(api, session):
    assert api.get(session_url(session)).headers["ETag"] == '"1"'


def test_change_and_end_return_the_new_etag(api, session):
    patch = api.patch(session_url(session), {"max_members": 5}, HTTP_IF_MATCH='"1"')
    stale = api.patch(session_url(session), {"max_members": 6}, HTTP_IF_MATCH='"1"')
    same = api.patch(session_url(session), {"max_members": 5}, HTTP_IF_MATCH='"2"')
    end = api.post(end_url(session), HTTP_IF_MATCH='"2"')

    assert [one.status_code for one in (patch, stale, same, end)] == [200, 412, 200, 200]
    assert [one.headers["ETag"] for one in (patch, stale, same, end)] == [
        '"2"',
        '"2"',
        '"2"',
        '"3"',
    ]
    assert RoomSession.objects.get().max_members == 5


def test_dry_run_returns_the_etag_of_the_change(api, session):
    with nothing_changes():
        dry = api.patch(f"{session_url(session)}?dry_run=1", {"max_members": 5})

    assert dry.headers["ETag"] == '"2"'


def test_known_session_in_progress_is_sent_in_full(api, session):
    assert api.get(session_url(session), HTTP_IF_NONE_MATCH='"1"').status_code == 200


def test_known_session_that_has_ended_is_not_sent_again(api, session):
    etag = api.post(end_url(session)).headers["ETag"]

    response = api.get(session_url(session), HTTP_IF_NONE_MATCH=f', "x", {etag}')

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag


def test_stale_etag_is_reported_before_the_end(api, room):
    over = SessionFactory(room=room, ended=True)

    with nothing_changes():
        stale = api.patch(session_url(over), {"max_members": 5}, HTTP_IF_MATCH='"9"')

    assert stale.status_code == 412
    assert stale.json()["detail"] == "The session has changed since you read it. Read it again."


def test_session_modified_after_the_date_is_not_ended(api, session):
    read = session.start_time.timestamp()
    assert (
        api.patch(session_url(session), {}, HTTP_IF_UNMODIFIED_SINCE=http_date(read)).status_code
        == 200
    )
    earlier = http_date((session.start_time - timedelta(seconds=5)).timestamp())

    with nothing_changes():
        response = api.post(end_url(session), HTTP_IF_UNMODIFIED_SINCE=earlier)

    assert response.status_code == 412


def test_members_do_not_move_the_etag(api, session):
    MemberFactory(session=session)

    assert api.get(session_url(session)).headers["ETag"] == '"1"'
