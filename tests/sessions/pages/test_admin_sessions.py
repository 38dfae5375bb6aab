import pytest
from django.urls import reverse

from sessions.models import RoomSession
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import fields_of, log_in

pytestmark = pytest.mark.django_db

LIST = "/admin/room_sessions/roomsession/"


def page_of(session, page="change"):
    return reverse(f"admin:room_sessions_roomsession_{page}", args=[session.pk])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"now", "earlier"}),
        ("status__exact=in-progress", {"now"}),
        ("status__exact=completed", {"earlier"}),
        ("q=EARL", {"earlier"}),
    ],
)
def test_list_is_filtered(client, query, names):
    log_in(client)
    SessionFactory(room=RoomFactory(name="now"))
    SessionFactory(room=RoomFactory(name="earlier"), ended=True)

    rows = client.get(f"{LIST}?{query}").context["cl"].result_list

    assert {session.name for session in rows} == names


def test_number_of_queries_does_not_depend_on_the_number_of_sessions(
    client, django_assert_num_queries
):
    log_in(client)
    room = RoomFactory(project=ProjectFactory())
    SessionFactory(room=room, ended=True)
    with django_assert_num_queries(4) as few:
        client.get(LIST)
    for _ in range(20):
        SessionFactory(room=room, ended=True)

    with django_assert_num_queries(len(few)):
        response = client.get(LIST)

    assert len(response.context["cl"].result_list) == 21


@pytest.mark.parametrize("ended", [True, False])
def test_session_is_read_only(client, ended):
    log_in(client)
    session = SessionFactory(ended=ended)

    page = client.get(page_of(session))
    changed = client.post(page_of(session), {"max_members": 5})
    deleted = client.post(page_of(session, "delete"), {"post": "yes"})
    added = client.post(f"{LIST}add/", {"name": "new"})

    assert page.status_code == 200
    assert "max_members" not in fields_of(page)
    assert {changed.status_code, deleted.status_code, added.status_code} == {403}
    assert RoomSession.objects.get() == session
