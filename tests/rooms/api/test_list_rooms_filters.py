"""GET /rooms: filters."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.models import Room
from rooms.models.forecast import forecast
from tests.factories import MemberFactory, RoomFactory, SessionFactory
from tests.support.api import ROOMS_URL, faults, messages
from tests.support.api_pages import flat, make, names, pages
from tests.support.tables import each


@pytest.fixture
def various(project):
    """Rooms for every filter value; the fixture's value is the current time."""
    now = whole_second(timezone.now())
    hour = timedelta(hours=1)
    for name, settings in {
        "plain": {},
        "fine": {"quality": "1080p", "layout": "2x2", "display_name": "Caf\u00e9 50%_off"},
        "recorded": {"record_on_start": True, "enable_room_previews": True},
        "later": {"join_from": now + hour, "join_until": now + 2 * hour},
        "running": {"join_from": now - hour, "join_until": now + hour},
        "over": {"join_from": now - 2 * hour, "join_until": now - hour},
        "emptied": {"remove_at": now - hour},
    }.items():
        RoomFactory(project=project, name=name, **settings)
    SessionFactory(room=Room.objects.get(name="running"))
    SessionFactory(room=Room.objects.get(name="over"), ended=True)
    return now


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


ALL = {"plain", "fine", "recorded", "later", "running", "over", "emptied"}


@each(
    ("query", "found"),
    [
        ({"quality": "1080p"}, {"fine"}),
        ({"quality": "720p"}, ALL - {"fine"}),
        ({"layout": "2x2"}, {"fine"}),
        ({"record_on_start": "true"}, {"recorded"}),
        ({"record_on_start": "True"}, {"recorded"}),
        ({"record_on_start": "1"}, {"recorded"}),
        ({"record_on_start": "false"}, ALL - {"recorded"}),
        ({"enable_room_previews": "true"}, {"recorded"}),
        ({"enable_room_previews": "0"}, ALL - {"recorded"}),
        ({"status": "scheduled"}, {"later"}),
        ({"status": "open"}, {"plain", "fine", "recorded", "running"}),
        ({"status": "closed"}, {"over", "emptied"}),
        ({"live": "true"}, {"running"}),
        ({"live": "false"}, ALL - {"running"}),
        ({"name": "REC"}, {"recorded"}),
        ({"name": "_"}, set()),
        ({"display_name": "50%_"}, {"fine"}),
        ({"display_name": "%"}, {"fine"}),
        ({"search": "Caf\u00e9"}, {"fine"}),
        ({"search": "over"}, {"over"}),
        ({"search": "' OR 1=1 --"}, set()),
        ({"quality": "720p", "record_on_start": "true"}, {"recorded"}),
        ({"quality": "1080p", "record_on_start": "true"}, set()),
        ({"include_active_session": "true"}, ALL),
        # An empty value means no filter.
        ({"quality": ""}, ALL),
        ({"record_on_start": ""}, ALL),
        ({"status": ""}, ALL),
        ({"starts_after": ""}, ALL),
        ({"search": ""}, ALL),
        # Unknown parameters are ignored, including misspelled ones.
        ({"colour": "red"}, ALL),
        ({"max_members": "5"}, ALL),
        ({"qualities": "1080p"}, ALL),
        ({"name__startswith": "x", "project": "1"}, ALL),
    ],
    ids=lambda row: urlencode(row[0]),
)
def test_list_is_filtered(api, various, query, found):
    assert set(names(api.get(ROOMS_URL, query))) == found


@each(
    ("name", "offset", "found"),
    [
        ("starts_after", 1, {"later"}),
        ("starts_after", 2, set()),
        ("starts_after", -1, {"later", "running"}),
        ("starts_after", -2, {"later", "running", "over"}),
        ("ends_before", -1, {"over"}),
        ("ends_before", 1, {"over", "running"}),
        ("ends_before", 2, {"over", "running", "later"}),
    ],
)
def test_time_filters_include_the_given_second(api, various, name, offset, found):
    query = {name: iso(various + timedelta(hours=offset))}

    assert set(names(api.get(ROOMS_URL, query))) == found


@pytest.mark.parametrize(
    ("name", "second", "found"),
    [("starts_after", 1, {"later"}), ("ends_before", -1, {"over"})],
)
def test_time_filters_are_exact_to_the_second(api, various, name, second, found):
    base = various - timedelta(hours=1) if name == "starts_after" else various + timedelta(hours=1)
    query = {name: iso(base + timedelta(seconds=second))}

    assert set(names(api.get(ROOMS_URL, query))) == found


def test_time_filters_accept_every_supported_notation(api, project):
    RoomFactory(project=project, name="new-year", join_from="2030-01-01T00:00:00Z")

    for spelled in ("2030-01-01", "2030-01-01T01:00:00+01:00", "2029-12-31T23:59:60Z"):
        assert names(api.get(ROOMS_URL, {"starts_after": spelled})) == ["new-year"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("quality", "4k", "invalid_parameter"),
        ("layout", "9x9", "invalid_parameter"),
        ("status", "live", "invalid_parameter"),
        ("record_on_start", "yes", "not_a_boolean"),
        ("enable_room_previews", "2", "not_a_boolean"),
        ("live", "\x00", "not_a_boolean"),
        ("include_active_session", "t", "not_a_boolean"),
        ("starts_after", "now", "not_a_datetime"),
        ("starts_after", "2030-01-01T00:00:00", "not_a_datetime"),
        ("ends_before", "9999-12-31", "not_a_datetime"),
        ("name", "\x00", "invalid_parameter"),
        ("display_name", "a\x00", "invalid_parameter"),
        ("search", "\x00", "invalid_parameter"),
        ("quality", "\x00", "invalid_parameter"),
    ],
)
def test_invalid_filter_is_refused(api, name, value, code):
    response = api.get(ROOMS_URL, {name: value})

    assert faults(response) == [(name, code)]
    assert messages(response)[name].startswith(f"{name} must be ")


def test_all_errors_of_a_query_are_reported_together(api):
    response = api.get(ROOMS_URL, {"quality": "4k", "live": "x", "starts_after": "y"})

    assert sorted(faults(response)) == [
        ("live", "not_a_boolean"),
        ("quality", "invalid_parameter"),
        ("starts_after", "not_a_datetime"),
    ]


def test_links_of_a_filtered_list_keep_the_filter(api, project):
    make(project, 3, quality="1080p")
    RoomFactory(project=project, name="other")

    assert flat(pages(api, f"{ROOMS_URL}?quality=1080p&page_size=1")) == ["r2", "r1", "r0"]


@pytest.mark.parametrize(
    "moment", ["start", "before the start", "end", "before the end", "removal"]
)
def test_python_and_database_agree_on_the_status(project, moment):
    now = whole_second(timezone.now())
    second = timedelta(seconds=1)
    settings = {
        "start": {"join_from": now},
        "before the start": {"join_from": now + second},
        "end": {"join_until": now},
        "before the end": {"join_until": now + second},
        "removal": {"remove_at": now, "join_until": now + second},
    }[moment]
    room = RoomFactory(project=project, **settings)

    status = room.status(now)

    for other in type(status):
        assert Room.objects.in_status(other, now).exists() is (other is status)


def test_full_rooms_are_those_that_refuse_the_next_member_as_full(api, project):
    now = whole_second(timezone.now())
    names = ("full", "space", "due", "left", "window", "over", "copied", "changed")
    rooms = {
        name: RoomFactory(project=project, name=name, max_members=1) for name in (*names, "empty")
    }
    for name in names:
        changed = {
            "space": {"max_members": 2},
            "window": {"join_from": now + timedelta(hours=1)},
            "over": {"join_until": now},
            "copied": {"max_members": 3},
            "changed": {"join_until": now + timedelta(hours=1)},
        }.get(name, {})
        session = SessionFactory(room=rooms[name], **changed)
        due = now if name == "due" else None
        MemberFactory(session=session, leave_by=due, left=name == "left")

    full = set(flat(pages(api, f"{ROOMS_URL}?status=full")))
    opened = set(flat(pages(api, f"{ROOMS_URL}?status=open")))

    assert full == {"full", "changed"}
    assert full == {
        name for name, room in rooms.items() if forecast(room, timezone.now()).reason == "full"
    }
    assert opened == set(rooms)
