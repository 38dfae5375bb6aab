"""Applying a room's settings to its live session: only removals that staff have seen happen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.staff.limits import StaffLimit
from access.values.timestamps import whole_second
from rooms.changes import change_room
from rooms.models import Room
from sessions.models import SessionEvent
from tests.factories import TESTS, MemberFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in, markup_of, messages_of

pytestmark = pytest.mark.django_db
MAY = ("room_sessions.view_roomsession", "room_sessions.change_roomsession")


def url_of(session):
    return reverse("apply-to-session", args=[session.pk])


@pytest.fixture
def session():
    """A session that began an hour ago, with one member since then."""
    session = SessionFactory(start_time=timezone.now() - timedelta(hours=1))
    MemberFactory(session=session, name="Ada", join_time=session.start_time)
    return session


def set_room(session, **values):
    change_room(Room.objects, session.room_id, values, by=TESTS)


def assert_untouched(session):
    stored = type(session).objects.filter(pk=session.pk).values().get()
    assert stored == {name: getattr(session, name) for name in stored}
    assert session.members.get(name="Ada").leave_by is None
    assert not SessionEvent.objects.exists()


def test_preview_shows_changes_and_removals(client, session):
    log_in(client, *MAY)
    MemberFactory(session=session, name="Grace", join_time=timezone.now())
    set_room(session, max_members=5, remove_after_seconds_elapsed=1800)

    text = markup_of(client.get(url_of(session)))

    assert "2 people are inside." in text
    assert "1 person will be removed immediately." in text
    assert "Apply and remove 1 person" in text
    assert text.index("Ada") < text.index("immediately</strong></td>") < text.index("Grace")
    assert_untouched(session)


def test_previewed_changes_are_applied(client, session):
    user = log_in(client, *MAY)
    until = whole_second(timezone.now() + timedelta(hours=2))
    set_room(session, max_members=5, remove_at=until)

    response = client.post(url_of(session), fields_of(client.get(url_of(session))))

    assert messages_of(response) == ["The room's settings now apply to the session."]
    session.refresh_from_db()
    assert (session.max_members, session.remove_at) == (5, until)
    assert session.members.get().leave_by == until
    assert SessionEvent.objects.get().payload["by"] == user.username


@pytest.mark.parametrize("seen", ["", "x", None])
def test_changes_without_a_preview_are_not_applied(client, session, seen):
    log_in(client, *MAY)
    set_room(session, max_members=5)

    response = client.post(url_of(session), {} if seen is None else {"seen": seen})

    assert response.status_code == 409
    assert "Not applied" in response.content.decode()
    assert_untouched(session)


def test_room_changed_after_the_preview_is_previewed_again(client, session):
    log_in(client, *MAY)
    set_room(session, max_members=5)
    seen = fields_of(client.get(url_of(session)))
    set_room(session, remove_after_seconds_elapsed=60)

    response = client.post(url_of(session), seen)

    assert response.status_code == 409
    assert "1 person will be removed immediately." in response.content.decode()
    assert_untouched(session)


def test_additional_removal_is_previewed_first(client, session):
    log_in(client, *MAY)
    set_room(session, remove_after_seconds_elapsed=60)
    seen = fields_of(client.get(url_of(session)))
    MemberFactory(session=session, name="Grace", join_time=timezone.now() - timedelta(minutes=2))

    response = client.post(url_of(session), seen)

    assert response.status_code == 409
    assert "2 people will be removed immediately." in response.content.decode()
    assert_untouched(session)


def test_page_reports_that_nothing_differs(client, session):
    log_in(client, *MAY)

    text = client.get(url_of(session)).content.decode()

    assert "Nothing to apply" in text
    assert 'name="seen"' not in text


def test_settings_cannot_be_applied_to_an_ended_session(client):
    log_in(client, *MAY)
    session = SessionFactory(ended=True)
    set_room(session, max_members=5)

    response = client.post(url_of(session), {"seen": "x"})

    assert response.headers["Location"] == reverse("session-page", args=[session.pk])
    assert "The session has ended" in messages_of(response)[0]
    session.refresh_from_db()
    assert session.max_members == 20


def test_room_page_links_there_only_with_permission(client, session):
    room_url = reverse("room-page", args=[session.room_id])
    log_in(client, "rooms.view_room", *MAY)
    assert url_of(session) in client.get(room_url).content.decode()

    log_in(client, "rooms.view_room", "room_sessions.view_roomsession")
    assert url_of(session) not in client.get(room_url).content.decode()
    assert client.get(url_of(session)).status_code == 403
    assert client.post(url_of(session)).status_code == 403


def test_session_of_a_hidden_project_is_not_found(client, session):
    user = log_in(client, *MAY)
    StaffLimit.objects.create(user=user)
    set_room(session, max_members=5)

    assert client.get(url_of(session)).status_code == 404
    assert client.post(url_of(session)).status_code == 404
    assert_untouched(session)


def test_number_of_queries_does_not_depend_on_the_number_of_members(
    client, session, django_assert_num_queries
):
    log_in(client)
    set_room(session, remove_after_seconds_elapsed=60)
    with django_assert_num_queries(9) as few:
        client.get(url_of(session))
    MemberFactory.create_batch(150, session=session)

    with django_assert_num_queries(len(few)):
        text = client.get(url_of(session)).content.decode()

    assert "And 51 more." in text


def test_room_without_a_session_has_no_link(client):
    log_in(client)

    text = client.get(reverse("room-page", args=[RoomFactory().pk])).content.decode()

    assert "/apply" not in text
