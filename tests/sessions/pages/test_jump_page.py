"""The page of the command palette: what it finds, for which user, with how many statements."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import StaffLimit
from rooms.models import Room
from tests.factories import MemberFactory, ProjectFactory, RoomFactory, SessionFactory, StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
PALETTE = {"HX-Request": "true"}


def jumps(client, search="", **query):
    """Return the targets of the palette by group: pairs of text and address."""
    response = client.get("/jump", {"q": search, **query}, headers=PALETTE)
    assert response.status_code == 200
    groups = response.context["groups"]
    return {group.name: [(one.text, one.url) for one in group.targets] for group in groups}


def texts(client, search="", group="rooms", **query):
    return [text for text, _ in jumps(client, search, **query).get(group, [])]


def opens(client, url):
    # The pages of the API check the Host.
    return client.get(url, headers={"Host": "localhost"}).status_code == 200


def test_rooms_are_found_as_the_list_finds_them(client, project):
    log_in(client)
    room = RoomFactory(project=project, display_name="Ward 5 · Evening handover")
    RoomFactory(project=project, display_name="Die Ärzte")
    hidden = RoomFactory(project=project, display_name="Ward 5 handover of a token")
    Room.objects.filter(pk=hidden.pk).update(auto_created=True)

    assert jumps(client, "handover ward 5")["rooms"] == [(room.display_name, f"/rooms/{room.pk}")]
    assert jumps(client, str(room.pk))["rooms"] == [(room.display_name, f"/rooms/{room.pk}")]
    assert texts(client, "arzte, evening") == ["Die Ärzte", room.display_name]
    assert texts(client, "handovr wrd 5", group="nearest") == [room.display_name]


def test_room_whose_name_begins_with_the_search_comes_first(client, project):
    log_in(client)
    for name in ("Triage", "Emergency triage", "Night triage"):
        RoomFactory(project=project, name=name.replace(" ", "-").lower(), display_name=name)

    assert texts(client, "triage")[0] == "Triage"


def test_long_result_ends_with_a_link_to_the_list(client, project):
    log_in(client)
    RoomFactory.create_batch(9, project=project, display_name="Ward & 5")

    found = jumps(client, "ward & 5")["rooms"]

    assert len(found) == 9
    assert found[-1] == ("All rooms with “ward & 5”", "/?search=ward+%26+5")


def test_people_in_live_sessions_lead_to_their_session(client):
    log_in(client)
    session = SessionFactory()
    for name in ("Mateo Haddad", "Zoë Müller", "سارة علي", None):
        MemberFactory(session=session, name=name)
    MemberFactory(session=session, name="Mateo Gone", left=True)
    MemberFactory(session=SessionFactory(ended=True), name="Mateo Earlier", left=True)

    assert jumps(client, "haddad mat")["people"] == [("Mateo Haddad", f"/sessions/{session.pk}")]
    assert texts(client, "zoe mull", group="people") == ["Zoë Müller"]
    assert texts(client, "سارة", group="people") == ["سارة علي"]
    assert texts(client, "mateo", group="people") == ["Mateo Haddad"]


def test_pages_and_actions_are_those_that_the_user_may_open(client):
    log_in(client, "room_sessions.view_roomsession")
    seen = jumps(client)

    assert [text for text, _ in seen["pages"]] == [
        *("Sessions", "Administration", "API documentation", "Your sign-ins", "Change password")
    ]
    assert seen["actions"] == [("Sign out…", "/jump#sign-out")]
    assert all(opens(client, url) for _, url in seen["pages"] + seen["actions"])


def test_rooms_and_people_need_the_permission_to_see_them(client, room):
    MemberFactory(session=SessionFactory(room=room), name=room.display_name)
    log_in(client, "rooms.view_room")
    assert jumps(client, room.display_name).keys() == {"rooms"}

    log_in(client, "room_sessions.view_roomsession")
    assert jumps(client, room.display_name).keys() == {"people"}


def test_rooms_and_people_of_hidden_projects_are_not_found(client, room):
    MemberFactory(session=SessionFactory(room=room), name="Mateo Haddad")
    user = StaffFactory(is_superuser=False)
    user.user_permissions.set(Permission.objects.all())
    StaffLimit.objects.create(user=user).projects.set([ProjectFactory()])
    client.force_login(user)

    for search in ("mateo", room.display_name, room.display_name[:-1] + "x", str(room.pk)):
        assert jumps(client, search) == {}


def test_page_of_a_room_or_session_offers_what_can_be_done_there(client, room):
    log_in(client)
    session = SessionFactory(room=room)

    there = dict(jumps(client, at=f"/rooms/{room.pk}")["here"])
    assert there == {
        "History of this room": f"/rooms/{room.pk}/history",
        "Sessions of this room": f"/sessions?room={room.pk}",
        "Duplicate this room…": f"/rooms/new?from={room.pk}",
        "Delete this room…": f"/rooms/{room.pk}/delete",
    }
    assert texts(client, "delete", group="here", at=f"/rooms/{room.pk}") == ["Delete this room…"]
    assert "End this session…" in texts(client, group="here", at=f"/sessions/{session.pk}")
    for path in ("/nowhere", "/now", "https://elsewhere.example", "", "/rooms/1"):
        assert "here" not in jumps(client, at=path)


def test_every_target_is_a_link_that_changes_nothing(client, room):
    log_in(client)
    session = SessionFactory(room=room)

    for path in (f"/rooms/{room.pk}", f"/sessions/{session.pk}"):
        for group in jumps(client, at=path).values():
            for _, url in group:
                assert opens(client, url), url
    room.refresh_from_db()
    session.refresh_from_db()
    assert session.end_time is None


def test_search_costs_the_same_at_5_and_at_100_rooms(client, project):
    log_in(client)

    def statements(search):
        with CaptureQueriesContext(connection) as captured:
            jumps(client, search)
        return len(captured)

    RoomFactory.create_batch(5, project=project, display_name="Ward")
    few = [statements(search) for search in ("", "ward", "wrad")]
    for room in RoomFactory.create_batch(95, project=project, display_name="Ward"):
        MemberFactory(session=SessionFactory(room=room), name="Ward Smith")

    assert [statements(search) for search in ("", "ward", "wrad")] == few
    # The login, projects, rooms and people; five more reads offer the nearest names.
    assert few == [1, 4, 9]


def test_search_of_too_many_characters_is_refused(client, room):
    log_in(client)

    response = client.get("/jump", {"q": "w" * 201}, headers=PALETTE)

    assert response.status_code == 422
    assert "Enter at most 200 characters." in response.content.decode()
    assert response.context["groups"] == []


def test_page_without_javascript_has_links_and_the_button_to_sign_out(client, room):
    log_in(client)
    page = client.get("/jump", {"q": room.display_name}).content.decode()

    assert f'href="/rooms/{room.pk}"' in page
    assert 'id="sign-out"' in page
    assert 'href="/jump?at=%2Fjump"' in page


def test_expired_sign_in_leads_the_palette_to_the_sign_in_page(client):
    response = client.get("/jump", headers={**PALETTE, "HX-Current-URL": "http://testserver/now"})

    assert response.headers["HX-Redirect"] == "/sign-in?next=/now"
