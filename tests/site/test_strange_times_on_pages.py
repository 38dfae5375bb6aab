"""Pages with times outside of the calendar: filters, positions and forms, in several zones."""

import base64
from uuid import UUID

import pytest

from access.models import ApiToken
from access.values.timestamps import EARLIEST, LATEST
from rooms.changes import change_room
from rooms.models import Room
from rooms.models.job import Job
from rooms.rules.join_policy import SCHEDULE
from tests.factories import (
    TESTS,
    MemberFactory,
    ProjectFactory,
    RoomFactory,
    SessionFactory,
    StaffFactory,
)
from tests.support import room_admin, room_page
from tests.support.api import nothing_changes
from tests.support.bulk_pages import try_on
from tests.support.html import fields_of
from tests.support.strange_times import (
    OUT_OF_THE_CALENDAR,
    STRANGE_LOCAL_TIMES,
    STRANGE_TIMES,
    ZONES,
)

pytestmark = pytest.mark.django_db
every_zone = pytest.mark.parametrize("zone", ZONES)
EDGES = ("1970-01-01", "2999-12-31")
NEW_TOKEN = "/tokens/new"


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


@pytest.fixture
def there(staff, zone):
    """Staff in the zone of the test."""
    staff.cookies["zone"] = zone
    return staff


def position(text):
    encoded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"PA{UUID(int=2**128 - 1)}.{encoded}"


@pytest.mark.parametrize("ordering", ["updated_at", "-updated_at", "join_from", "-join_from"])
def test_list_of_rooms_shows_the_first_page_for_a_strange_position(staff, ordering):
    RoomFactory(name="lobby")
    for text in OUT_OF_THE_CALENDAR:
        response = staff.get("/", {"ordering": ordering, "page": position(text)})

        assert response.status_code == 422, text
        assert "lobby" in response.content.decode()
        assert "Showing the first page." in response.content.decode()


def test_other_lists_show_the_first_page_for_a_strange_position(staff):
    session = MemberFactory().session
    change_room(Room.objects, session.room_id, {"max_members": 5}, by=TESTS)
    for url in ("/history", f"/rooms/{session.room_id}/history", f"/sessions/{session.pk}"):
        for text in OUT_OF_THE_CALENDAR:
            response = staff.get(url, {"page": position(text)})

            assert response.status_code == 200, text
            assert "Showing the first page." in response.content.decode()


def test_filters_of_rooms_refuse_a_strange_time(staff):
    for name in ("starts_after", "ends_before"):
        for text in OUT_OF_THE_CALENDAR:
            assert staff.get("/", {name: text}).status_code == 422, text
            assert staff.get("/export", {name: text}).status_code == 302
            assert staff.get("/bulk", {"all": "1", "query": f"{name}={text}"}).status_code == 302


@every_zone
def test_week_names_a_day_outside_of_the_calendar_and_shows_its_edges(there, zone):
    RoomFactory(join_from=EARLIEST, join_until=LATEST)
    for span in ("day", "week", "month"):
        for day in STRANGE_TIMES:
            response = there.get("/week", {"day": day, "span": span})
            assert response.status_code == 422, (day, span)
        for day in EDGES:
            response = there.get("/week", {"day": day, "span": span})
            assert len(response.context["list"].rows) == 1, (day, span)


@every_zone
@pytest.mark.parametrize("url", ["/history", "/sessions"])
def test_filters_by_day_refuse_a_strange_day(there, url):
    for text in [*STRANGE_TIMES, "01/01/0001", "12/31/9999"]:
        response = there.get(url, {"since": text, "until": text})

        assert response.status_code == 200, text
        assert {"since", "until"} <= response.context["filter"].form.errors.keys()
    for text in EDGES:
        response = there.get(url, {"since": text, "until": text})
        assert not response.context["filter"].form.errors


@every_zone
def test_form_of_a_room_refuses_a_strange_time(there):
    room = RoomFactory()
    for text in STRANGE_LOCAL_TIMES:
        sent = dict.fromkeys(SCHEDULE, text)
        with nothing_changes():
            response = room_page.save(there, room, **sent)
            preview = there.post(room_page.preview_of(room), sent)

        assert (response.status_code, preview.status_code) == (422, 200), text
        assert {*SCHEDULE} <= response.context["form"].errors.keys()


@every_zone
def test_form_of_a_new_room_refuses_a_strange_time(there):
    project = ProjectFactory()
    sent = {**fields_of(there.get("/rooms/new")), "project": project.pk, "name": "lobby"}
    for text in STRANGE_LOCAL_TIMES:
        response = there.post("/rooms/new", {**sent, "join_from": text})
        preview = there.post("/rooms/new/preview", {**sent, "join_from": text})

        assert (response.status_code, preview.status_code) == (422, 200), text
    assert not Room.objects.exists()


@every_zone
def test_form_of_a_bulk_change_refuses_a_strange_time(there):
    room = RoomFactory()
    ticked = {f"change_{name}": "on" for name in SCHEDULE}
    for text in STRANGE_LOCAL_TIMES:
        response = try_on(there, [room], **ticked, **dict.fromkeys(SCHEDULE, text))

        assert response.status_code == 422, text
        assert {*SCHEDULE} <= response.context["form"].errors.keys()
    assert not Job.objects.exists()


def test_form_of_the_admin_refuses_a_strange_time(staff):
    room = RoomFactory()
    for text in [*OUT_OF_THE_CALENDAR, *STRANGE_LOCAL_TIMES]:
        with nothing_changes():
            response = room_admin.save(staff, room, **dict.fromkeys(SCHEDULE, text))

        assert {*SCHEDULE} <= room_admin.errors_of(response).keys(), text


@every_zone
def test_api_token_refuses_a_strange_expiry(there):
    project = ProjectFactory()
    shown = fields_of(there.get(NEW_TOKEN))
    sent = {**shown, "project": project.pk, "name": "wards", "expiry": "date"}
    # An input without an offset has a local time.
    for text in {*STRANGE_TIMES, *STRANGE_LOCAL_TIMES} - {"2025-01-01T00:00:00"}:
        response = there.post(NEW_TOKEN, {**sent, "expires_at": text})

        assert "expires_at" in response.context["form"].errors, text
        assert not ApiToken.objects.exists()


@every_zone
def test_pages_show_the_first_and_the_last_time(there):
    times = {"join_from": EARLIEST, "join_until": LATEST, "remove_at": LATEST}
    room = RoomFactory(**times)
    session = SessionFactory(room=room, **times)
    change_room(Room.objects, room.pk, {"join_until": None}, by=TESTS)

    urls = [
        *("/", "/now", "/history", "/sessions", "/?ordering=join_until", "/export", "/admin/"),
        *(room_page.page_of(room), f"/rooms/{room.pk}/history", f"/sessions/{session.pk}"),
        *(f"/rooms/new?from={room.pk}", f"/bulk?ids={room.pk}", "/admin/rooms/room/"),
        *(f"/admin/rooms/room/{room.pk}/change/", f"/sessions/{session.pk}/apply"),
        f"/?starts_after={EARLIEST:%Y-%m-%d}&ends_before={LATEST:%Y-%m-%dT%H:%M:%SZ}",
    ]
    assert {url: there.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
