"""The week: which rooms it shows, their bars and names, and its addresses."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms.display.periods import DASH, Period
from rooms.models import SavedView
from tests.factories import ProjectFactory, RoomFactory, SessionFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The Monday of an ordinary week in UTC.
MONDAY = datetime(2031, 6, 2, tzinfo=UTC)
URL = "/week?day=2031-06-04"


@pytest.fixture
def staff(client):
    client.user = log_in(client)
    return client


def room(name, first=None, last=None, removal=None, **values):
    """Create a room whose times are hours after the start of the week."""
    hours = zip(("join_from", "join_until", "remove_at"), (first, last, removal), strict=True)
    times = {key: MONDAY + hour * HOUR for key, hour in hours if hour is not None}
    return RoomFactory(name=name, display_name=name.title(), **times, **values)


def shown(client, url=URL):
    return [row.room.display_name for row in client.get(url).context["list"].rows]


def test_week_has_each_room_with_a_window_or_a_session_in_it(staff):
    room("inside", 10, 12)
    room("begins-before", -10, 12)
    room("ends-after", 160, 200)
    room("covers-it", -100, 500)
    room("closes-only", last=50)
    room("leaves-only", removal=0)
    ended = {"ended": True, "start_time": MONDAY + DAY, "end_time": MONDAY + DAY + HOUR}
    SessionFactory(room=room("has-session"), **ended)
    room("before", -10, 0)
    room("after", 168, 170)
    room("always-open")
    room("open-since-long", -1000)
    SessionFactory(room=room("live-now"))

    found = {
        *("Inside", "Begins-Before", "Ends-After", "Covers-It", "Closes-Only", "Leaves-Only"),
        "Has-Session",
    }
    assert set(shown(staff)) == found
    assert shown(staff, "/week") == ["Live-Now"]


def test_bars_and_their_names(staff):
    ward = room("ward", 24, 26, 27)
    start = MONDAY + 25 * HOUR
    session = SessionFactory(room=ward, ended=True, start_time=start, end_time=start + HOUR)

    (row,) = staff.get(URL).context["list"].rows

    assert row.line == f"Tue 3 Jun 2031 00:00 {DASH} 02:00, everyone leaves 03:00"
    name = "Ward, opens Tue 3 Jun 2031 00:00, closes 02:00, everyone leaves 03:00"
    assert row.window.name == name
    assert (row.window.bar.left, row.window.tail.left) == (14.29, 15.47)
    (bar,) = row.sessions
    assert bar.url == f"/sessions/{session.pk}"
    assert bar.name == "Session of Ward, from Tue 3 Jun 2031 01:00 to Tue 3 Jun 2031 02:00"
    html = " ".join(staff.get(URL).content.decode().split())
    assert f'<a href="/rooms/{ward.pk}" aria-label="{name}" data-move="{ward.pk}"' in html


@pytest.mark.parametrize(
    ("query", "text", "earlier", "later"),
    [
        ("day=2031-06-04", f"Mon 2 Jun {DASH} Sun 8 Jun 2031", "2031-05-26", "2031-06-09"),
        ("day=2031-06-04&span=day", "Wednesday 4 June 2031", "2031-06-03", "2031-06-05"),
        ("day=2031-06-04&span=month", "June 2031", "2031-05-31", "2031-07-01"),
        (
            "day=2030-12-31",
            f"Mon 30 Dec 2030 {DASH} Sun 5 Jan 2031",
            "2030-12-23",
            "2031-01-06",
        ),
    ],
)
def test_address_names_the_period(staff, query, text, earlier, later):
    page = staff.get(f"/week?{query}").context["list"]

    assert page.period.text == text
    assert f"day={earlier}" in page.earlier()
    assert f"day={later}" in page.later()


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
def test_day_of_a_clock_change_is_as_wide_as_it_is_long(staff, day, hours):
    staff.cookies["zone"] = "Europe/Berlin"

    response = staff.get(f"/week?day={day}")

    with timezone.override(ZoneInfo("Europe/Berlin")):
        *_, last = Period.around(date.fromisoformat(day), "week").parts()
    assert last.width == pytest.approx(100 * hours / (6 * 24 + hours), abs=0.02)
    assert f"it has {hours} hours." in response.content.decode()


def test_invalid_parameter_is_named_and_the_rest_is_shown(staff):
    room("ward", 24, 26)
    for query in ("day=2031-02-30", "day=3000-01-01", "span=year", "quality=8k", "page=x"):
        response = staff.get(f"/week?{query}")
        assert response.status_code == 422, query
        assert len(response.context["list"].faults) == 1, query
    assert staff.get("/week?day=1970-01-01").context["list"].earlier() == ""
    assert staff.get("/week?day=2999-12-31&span=month").context["list"].later() == ""
    assert staff.get("/week?search=&day=").headers["Location"] == "/week"


def test_filters_search_and_views_are_those_of_the_list(staff):
    room("ward-one", 24, 26, quality="1080p")
    room("ward-two", 24, 26)
    SavedView.objects.create(user=staff.user, name="HD", query="quality=1080p")

    context = staff.get(f"{URL}&search=ward&ordering=-display_name").context
    page = context["list"]

    assert [row.room.display_name for row in page.rows] == ["Ward-Two", "Ward-One"]
    assert page.list_url == "/?search=ward&ordering=-display_name"
    (_, view) = context["menu"].links
    assert shown(staff, view.url) == ["Ward-One"]
    assert "day=2031-06-04" in view.url


def test_pages_and_statements_do_not_grow_with_the_rooms(staff):
    project = ProjectFactory()
    ward = room("ward", 24, 26, project=project)
    SessionFactory(room=ward, ended=True, start_time=MONDAY, end_time=MONDAY + HOUR)
    with CaptureQueriesContext(connection) as few:
        staff.get(URL)
    for number in range(60):
        room(f"other-{number}", number, number + 1, project=project)

    with CaptureQueriesContext(connection) as many:
        first = staff.get(URL)

    assert len(many) == len(few) <= 9
    assert len(first.context["list"].rows) == 50
    assert len(shown(staff, first.context["older"])) == 11


def test_only_users_who_may_change_rooms_can_move_bars(client):
    log_in(client, "rooms.view_room")
    room("ward", 24, 26)

    html = client.get(URL).content.decode()

    assert 'aria-label="Ward, opens' in html
    assert "data-move" not in html
    assert 'id="move' not in html
