from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.models import StaffLimit
from rooms.changes import change_room
from rooms.models import Room
from sessions.lifecycle import leave
from sessions.models import LeaveReason, RoomSession
from tests.factories import TESTS, EventFactory, MemberFactory, ProjectFactory, SessionFactory
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db
LIST = "/sessions"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def session():
    return SessionFactory(room__display_name="Ward 3", room__max_members=20)


def page_of(session):
    return reverse("session-page", args=[session.pk])


def html(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def rows(text):
    return text.count('<th scope="row">')


def test_sessions_are_listed_with_the_number_of_members_inside(client, session):
    log_in(client)
    MemberFactory(session=session)
    MemberFactory(session=session, left=True)
    SessionFactory(ended=True)

    text = html(client, LIST)

    assert rows(text) == 2
    assert "1 inside" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "WARD"}, 1),
        ({"status": "completed"}, 1),
        ({"status": "in-progress"}, 1),
        ({"status": "no such"}, 2),
        ({"since": "2999-01-01"}, 0),
        ({"until": "1999-01-01"}, 0),
        ({"room": "no id"}, 2),
        ({"page": "no page"}, 2),
    ],
)
def test_sessions_are_filtered_by_the_query_string(client, session, query, found):
    log_in(client)
    SessionFactory(ended=True)

    assert rows(html(client, LIST, **query)) == found


def test_number_of_queries_does_not_depend_on_the_number_of_sessions(
    client, django_assert_max_num_queries
):
    log_in(client)
    for _ in range(40):
        SessionFactory(room__max_members=20)

    with django_assert_max_num_queries(4):
        client.get(LIST)


def test_session_page_shows_the_session_and_its_room(client, session):
    log_in(client)
    change_room(Room.objects.all(), session.room_id, {"max_members": 77}, by=TESTS)
    MemberFactory(session=session, name="Ngozi")
    EventFactory(session=session)

    text = html(client, page_of(session))

    for words in ("Ward 3", "1 of 20", "Ngozi", "77", "differs", "The session started"):
        assert words in text
    assert text.count('class="differs"') == 1


def test_session_page_of_a_deleted_room(client):
    log_in(client)
    session = SessionFactory(ended=True)
    RoomSession.objects.filter(pk=session.pk).update(room=None)

    assert "The room was deleted." in html(client, page_of(session))


def test_number_of_queries_does_not_depend_on_the_members(
    client, session, django_assert_max_num_queries
):
    log_in(client)
    MemberFactory.create_batch(60, session=session)

    with django_assert_max_num_queries(8):
        client.get(page_of(session))


def test_unchanged_part_is_answered_304(client, session):
    log_in(client)
    member = MemberFactory(session=session)
    first = client.get(page_of(session), headers=HTMX)
    assert "csrfmiddlewaretoken" not in first.content.decode()

    seen = {**HTMX, "If-None-Match": first.headers["ETag"]}
    assert client.get(page_of(session), headers=seen).status_code == 304

    client.post(reverse("remove-member", args=[session.pk, member.pk]))
    assert client.get(page_of(session), headers=seen).status_code == 200


def test_member_is_removed(client, session):
    log_in(client)
    member = MemberFactory(session=session, name="Ngozi")
    other = MemberFactory(session=session)

    response = client.post(reverse("remove-member", args=[session.pk, member.pk]))

    assert response.headers["Location"] == page_of(session)
    assert messages_of(response) == ["Ngozi was removed. They can rejoin with their link."]
    member.refresh_from_db()
    other.refresh_from_db()
    assert member.leave_reason == LeaveReason.REMOVED
    assert other.leave_time is None


def test_removal_is_confirmed_and_blocks_by_default(client, session):
    log_in(client)
    member = MemberFactory(session=session, name="Ngozi")
    url = reverse("remove-member", args=[session.pk, member.pk])
    assert f'href="{url}"' in html(client, page_of(session))
    asked = client.get(url)
    sent = fields_of(asked)
    assert sent["block"] == "on"
    for words in ("Remove Ngozi?", "Block this link, too", "They can rejoin with their link"):
        assert words in asked.content.decode()

    response = client.post(url, sent)

    text = "Ngozi was removed and blocked. Their link no longer works."
    assert messages_of(response) == [text]
    member.refresh_from_db()
    assert member.blocked_at is not None


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({}, "Ngozi had already left. They can rejoin with their link."),
        (
            {"block": "on"},
            "Ngozi had already left and is blocked. Their link no longer works.",
        ),
    ],
)
def test_the_message_does_not_say_that_a_former_member_was_removed(client, session, sent, text):
    log_in(client)
    member = MemberFactory(session=session, name="Ngozi")
    leave(session.members.all(), member.pk)

    response = client.post(reverse("remove-member", args=[session.pk, member.pk]), sent)

    assert messages_of(response) == [text]


def test_blocked_member_is_shown_and_unblocked(client, session):
    log_in(client)
    member = MemberFactory(session=session, name="Ngozi")
    client.post(reverse("remove-member", args=[session.pk, member.pk]), {"block": "on"})
    url = reverse("unblock-member-page", args=[session.pk, member.pk])
    text = html(client, page_of(session))
    assert f'formaction="{url}"' in text
    assert ">Blocked<" in text
    assert "A member was blocked" in text

    response = client.post(url)

    assert messages_of(response) == ["Ngozi can join with their link again."]
    assert ">Blocked<" not in html(client, page_of(session))
    member.refresh_from_db()
    assert member.blocked_at is None


def test_member_of_another_session_is_not_unblocked(client, session):
    log_in(client)
    url = reverse("unblock-member-page", args=[session.pk, MemberFactory().pk])

    assert client.post(url).status_code == 404
    assert client.get(url).status_code == 405


def test_member_of_another_session_is_not_removed(client, session):
    log_in(client)
    member = MemberFactory()

    response = client.post(reverse("remove-member", args=[session.pk, member.pk]))

    member.refresh_from_db()
    assert response.status_code == 404
    assert member.leave_time is None


def test_session_is_ended_after_a_confirmation(client, session):
    log_in(client)
    member = MemberFactory(session=session)
    url = reverse("end-session", args=[session.pk])
    assert "1 person is inside" in html(client, url)
    session.refresh_from_db()
    assert session.end_time is None

    client.post(url)

    session.refresh_from_db()
    member.refresh_from_db()
    assert session.end_time is not None
    assert member.leave_reason == LeaveReason.SESSION_ENDED
    assert "The session has ended." in html(client, url)


@pytest.mark.parametrize("act", ["end-session", "remove-member", "unblock-member-page"])
def test_acting_on_sessions_needs_the_change_permission(client, session, act):
    log_in(client, "room_sessions.view_roomsession")
    member = MemberFactory(session=session)
    url = reverse(act, args=[session.pk, *([] if act == "end-session" else [member.pk])])

    assert client.post(url).status_code == 403
    member.refresh_from_db()
    assert member.leave_time is None
    text = html(client, page_of(session))
    assert "End the session" not in text
    assert "formaction" not in text


def test_staff_see_only_sessions_of_their_projects(client, session):
    person = log_in(client, "room_sessions.view_roomsession", "room_sessions.change_roomsession")
    StaffLimit.objects.create(user=person).projects.add(ProjectFactory())

    assert rows(html(client, LIST)) == 0
    for url in (page_of(session), reverse("end-session", args=[session.pk])):
        assert client.post(url).status_code == 404
    session.refresh_from_db()
    assert session.end_time is None


def test_session_duration_is_shown(client):
    log_in(client)
    start = timezone.now() - timedelta(hours=3)
    SessionFactory(start_time=start, end_time=start + timedelta(minutes=90), status="completed")

    assert "1 h 30 min" in html(client, LIST)
