"""GET /rooms: keyset pages, filters and orderings."""

import base64
import uuid
from datetime import timedelta
from itertools import chain
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.utils import timezone

from access.values.timestamps import whole_second
from rooms.changes import delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory, SessionFactory
from tests.support.api import ROOM_KEYS, ROOMS_URL, faults, messages, nothing_changes, room_url

ORDERINGS = [
    "created_at",
    "updated_at",
    "name",
    "display_name",
    "max_members",
    "join_from",
    "join_until",
    "remove_at",
]


def names(response):
    assert response.status_code == 200, response.content
    return [room["name"] for room in response.json()["data"]]


def links(response):
    return response.json()["links"]


def make(project, count, **settings):
    """Create rooms r0, r1, … and return their names, newest first."""
    return [RoomFactory(project=project, name=f"r{i}", **settings).name for i in range(count)][::-1]


def pages(api, url, direction="next"):
    """Return the names on each page, starting with `url`."""
    found = []
    while url:
        response = api.get(url)
        found.append(names(response))
        url = links(response).get(direction)
    return found


def flat(found):
    return list(chain.from_iterable(found))


# --- body


def test_list_has_links_and_rooms_newest_first(api, project):
    newest_first = make(project, 3)

    response = api.get(ROOMS_URL)

    assert names(response) == newest_first
    assert list(response.json()) == ["links", "data"]
    assert links(response) == {
        "self": "http://testserver/api/video/rooms",
        "first": "http://testserver/api/video/rooms?page_number=0&page_size=50",
    }
    assert list(response.json()["data"][0]) == ROOM_KEYS


def test_project_without_rooms_has_an_empty_list(api):
    response = api.get(ROOMS_URL)

    assert response.json()["data"] == []
    assert set(links(response)) == {"self", "first"}


def test_rooms_of_other_projects_are_not_listed(api, project):
    RoomFactory(name="foreign")
    make(project, 1)

    assert names(api.get(ROOMS_URL)) == ["r0"]


def test_sessions_are_included_only_on_request(api, project):
    session = SessionFactory(room=RoomFactory(project=project))

    plain = api.get(ROOMS_URL).json()["data"]
    asked = api.get(ROOMS_URL, {"include_active_session": "true"}).json()["data"]

    assert plain[0]["active_session"] is None
    assert asked[0]["active_session"]["id"] == str(session.pk)


# --- pages


def test_default_page_size_is_fifty(api, project):
    newest_first = make(project, 51)

    response = api.get(ROOMS_URL)

    assert names(response) == newest_first[:50]
    assert names(api.get(links(response)["next"])) == newest_first[50:]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 1000])
def test_pages_contain_every_room_once_in_both_directions(api, project, size):
    newest_first = make(project, 5)

    forwards = pages(api, f"{ROOMS_URL}?page_size={size}")
    assert flat(forwards) == newest_first
    assert all(len(page) == size for page in forwards[:-1])

    last = f"{ROOMS_URL}?page_size={size}"
    while "next" in links(api.get(last)):
        last = links(api.get(last))["next"]
    assert pages(api, last, "prev")[::-1] == forwards


def test_links_keep_the_other_parameters(api, project):
    make(project, 3, quality="1080p")

    response = api.get(f"{ROOMS_URL}?quality=1080p&page_size=2&colour=%C3%A9")

    following = urlsplit(links(response)["next"])
    query = parse_qs(following.query)
    assert f"{following.scheme}://{following.netloc}{following.path}" == (
        "http://testserver/api/video/rooms"
    )
    assert query.pop("page_token")[0].startswith("PA")
    assert query == {
        "quality": ["1080p"],
        "colour": ["\u00e9"],
        "page_number": ["1"],
        "page_size": ["2"],
    }
    assert links(response)["self"].endswith("/rooms?quality=1080p&page_size=2&colour=%C3%A9")


def test_page_token_is_a_direction_and_an_id(api, project):
    make(project, 2)

    following = links(api.get(ROOMS_URL, {"page_size": 1}))["next"]
    back = links(api.get(following))["prev"]

    token = parse_qs(urlsplit(following).query)["page_token"][0]
    assert token == f"PA{Room.objects.get(name='r1').pk}"
    token = parse_qs(urlsplit(back).query)["page_token"][0]
    assert token == f"PB{Room.objects.get(name='r0').pk}"


def test_first_page_has_no_prev_and_last_page_no_next(api, project):
    make(project, 2)

    first = api.get(ROOMS_URL, {"page_size": 1})
    last = api.get(links(first)["next"])

    assert set(links(first)) == {"self", "first", "next"}
    assert set(links(last)) == {"self", "first", "prev"}
    assert set(links(api.get(links(last)["prev"]))) == {"self", "first", "next"}


def test_first_link_leads_to_the_first_page(api, project):
    newest_first = make(project, 3)
    second = links(api.get(ROOMS_URL, {"page_size": 2}))["next"]

    first = links(api.get(second))["first"]

    assert names(api.get(first)) == newest_first[:2]


def test_room_created_between_two_pages_shifts_nothing(api, project):
    newest_first = make(project, 4)
    first = api.get(ROOMS_URL, {"page_size": 2})
    RoomFactory(project=project, name="late")

    second = api.get(links(first)["next"])

    assert names(second) == newest_first[2:]
    assert names(api.get(links(second)["prev"])) == newest_first[:2]


@pytest.mark.parametrize("deleted", ["r3", "r2"])
def test_room_deleted_between_two_pages_shifts_nothing(api, project, deleted):
    # The token of the next page points at r2.
    newest_first = make(project, 5)
    first = api.get(ROOMS_URL, {"page_size": 2})
    gone = Room.objects.get(name=deleted)
    delete_room(Room.objects.all(), gone.pk, by=TESTS)

    second = api.get(links(first)["next"])

    assert names(first) == ["r4", "r3"]
    assert names(second) == ["r2", "r1"] if deleted == "r3" else ["r1", "r0"]
    assert newest_first[0] in names(api.get(links(second)["prev"]))


def test_page_is_empty_if_all_rooms_after_its_token_are_deleted(api, project):
    make(project, 2)
    first = api.get(ROOMS_URL, {"page_size": 1})
    delete_room(Room.objects.all(), Room.objects.get(name="r0").pk, by=TESTS)

    second = api.get(links(first)["next"])

    assert second.json()["data"] == []
    assert "next" not in links(second)


def test_page_token_works_without_a_page_number(api, project):
    newest_first = make(project, 2)
    token = f"PA{Room.objects.get(name='r1').pk}"

    assert names(api.get(ROOMS_URL, {"page_token": token})) == newest_first[1:]


def test_page_number_above_0_needs_a_page_token(api, project):
    response = api.get(ROOMS_URL, {"page_number": 1})

    assert faults(response) == [("page_token", "page_token_required")]


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "PA",
        "PAx",
        "PC{id}",
        "pa{id}",
        "PA{hex}",
        "PA{upper}",
        "PA{id} ",
        "PA{id}\n",
        "PA{id}\x00",
        "PA{id}.",
        "PA{id}.é",
        "PA{id}.!",
        "PA{id}.AA",
        "PA{id}.w6k.w6k",
        "PA{id}.A",
        "PA{id}._w",
        "\ufffd",
        "PA'; DROP TABLE rooms_room; --",
    ],
)
@pytest.mark.parametrize("ordering", ["", "-updated_at", "max_members", "join_from"])
def test_foreign_page_token_is_refused(api, room, sent, ordering):
    spelled = sent.format(id=room.pk, hex=room.pk.hex, upper=str(room.pk).upper())

    response = api.get(ROOMS_URL, {"page_token": spelled, "ordering": ordering})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@pytest.mark.parametrize(
    ("made_for", "used_for"), [("name", "max_members"), ("name", "updated_at")]
)
def test_page_token_of_another_ordering_is_refused(api, project, made_for, used_for):
    make(project, 2)
    following = links(api.get(ROOMS_URL, {"page_size": 1, "ordering": made_for}))["next"]
    token = parse_qs(urlsplit(following).query)["page_token"][0]

    response = api.get(ROOMS_URL, {"ordering": used_for, "page_token": token})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@pytest.mark.parametrize("ordering", ORDERINGS[1:])
def test_page_token_without_the_value_of_its_ordering_is_refused(api, room, ordering):
    response = api.get(ROOMS_URL, {"ordering": ordering, "page_token": f"PA{room.pk}"})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@pytest.mark.parametrize("value", ["MjA", ""])
def test_page_token_with_an_unexpected_value_is_refused(api, room, value):
    response = api.get(ROOMS_URL, {"page_token": f"PA{room.pk}.{value}"})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


@pytest.mark.parametrize(
    "value",
    ["99999999999999999999", "1e3", "NaN", "Infinity", " 5", "\u0665", "9999-99-99", "x" * 5000],
)
@pytest.mark.parametrize("ordering", ["max_members", "updated_at", "join_until"])
def test_page_token_with_an_impossible_value_is_not_a_server_error(api, room, ordering, value):
    text = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    response = api.get(ROOMS_URL, {"ordering": ordering, "page_token": f"PA{room.pk}.{text}"})

    assert response.status_code in (200, 422), response.content


def test_page_token_with_an_id_of_another_project_reveals_nothing(api, project):
    newest_first = make(project, 2)
    foreign = RoomFactory()

    response = api.get(ROOMS_URL, {"page_token": f"PA{foreign.pk}"})

    assert names(response) == newest_first


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("page_size", "0", "invalid_parameter"),
        ("page_size", "1001", "invalid_parameter"),
        ("page_size", "-1", "invalid_parameter"),
        ("page_size", "x", "not_an_integer"),
        ("page_size", "", "not_an_integer"),
        ("page_size", "1.5", "not_an_integer"),
        ("page_size", "\uff11", "not_an_integer"),
        ("page_size", "9" * 400, "not_an_integer"),
        ("page_number", "-1", "invalid_parameter"),
        ("page_number", "x", "not_an_integer"),
        ("page_number", "99999999999", "invalid_parameter"),
    ],
)
def test_invalid_page_is_refused(api, name, value, code):
    with nothing_changes():
        response = api.get(ROOMS_URL, {name: value})

    assert faults(response) == [(name, code)]


def test_all_errors_of_a_page_are_reported_together(api):
    response = api.get(ROOMS_URL, {"page_size": 0, "page_number": "x", "page_token": "y"})

    assert sorted(faults(response)) == [
        ("page_number", "not_an_integer"),
        ("page_size", "invalid_parameter"),
        ("page_token", "page_token_is_invalid"),
    ]


# --- orderings


@pytest.fixture
def mixed(project):
    """Rooms with equal and null values in every field that can be sorted by."""
    day = whole_second(timezone.now())
    for i in range(7):
        later = None if i in (0, 4) else day + timedelta(days=1 + i // 2)
        RoomFactory(
            project=project,
            name=f"room{'CabAcBx'[i]}",
            display_name=["same", "same", "\u00c9", "a b", "z", "Same", "=1"][i],
            max_members=10 + i % 3,
            join_from=day if i % 2 else None,
            join_until=later,
            remove_at=later,
        )
    rows = list(Room.objects.order_by("pk"))
    # Two rooms with the same time; a test may store values that no client can.
    Room.objects.filter(pk__in=[rows[2].pk, rows[5].pk]).update(updated_at=day)
    return list(Room.objects.order_by("pk"))


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("field", ORDERINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_pages_of_every_ordering_contain_every_room_once(api, mixed, field, sign, size):
    whole = names(api.get(ROOMS_URL, {"ordering": sign + field}))
    url = f"{ROOMS_URL}?ordering={sign}{field}&page_size={size}"

    forwards = pages(api, url)

    assert flat(forwards) == whole
    assert sorted(whole) == sorted(room.name for room in mixed)
    last = url
    while "next" in links(api.get(last)):
        last = links(api.get(last))["next"]
    assert pages(api, last, "prev")[::-1] == forwards


@pytest.mark.parametrize("field", ["updated_at", "max_members", "join_from", "join_until"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_rooms_are_sorted_by_value_then_id_with_nulls_last(api, mixed, field, sign):
    down = bool(sign)
    having = [room for room in mixed if getattr(room, field) is not None]
    lacking = [room for room in mixed if getattr(room, field) is None]
    expected = sorted(having, key=lambda room: (getattr(room, field), room.pk), reverse=down)
    expected += sorted(lacking, key=lambda room: room.pk, reverse=down)

    listed = names(api.get(ROOMS_URL, {"ordering": sign + field}))

    assert listed == [room.name for room in expected]


def test_created_at_sorts_by_creation(api, project):
    newest_first = make(project, 3)

    assert names(api.get(ROOMS_URL, {"ordering": "created_at"})) == newest_first[::-1]
    assert names(api.get(ROOMS_URL, {"ordering": "-created_at"})) == newest_first


def test_ordering_and_filter_can_be_combined(api, mixed):
    listed = pages(api, f"{ROOMS_URL}?ordering=-max_members&page_size=1&search=same")

    assert sorted(flat(listed)) == ["roomB", "roomC", "rooma"]


def test_room_moved_between_two_pages_leaves_no_gap(api, project):
    make(project, 4, max_members=20)
    first = api.get(ROOMS_URL, {"ordering": "max_members", "page_size": 2})
    api.put(room_url(Room.objects.get(name="r0")), {"max_members": 300})

    second = api.get(links(first)["next"])

    assert names(first) == ["r0", "r1"]
    assert names(second) == ["r2", "r3"]
    assert names(api.get(links(second)["next"])) == ["r0"]


@pytest.mark.parametrize("ordering", ["id", "version", "project", "--name", "name,id", "\x00"])
def test_unknown_ordering_is_refused(api, ordering):
    response = api.get(ROOMS_URL, {"ordering": ordering})

    assert faults(response) == [("ordering", "invalid_parameter")]
    assert "-remove_at" in messages(response)["ordering"]


# --- filters


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


@pytest.mark.parametrize(
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
    ids=lambda value: urlencode(value) if isinstance(value, dict) else "",
)
def test_list_is_filtered(api, various, query, found):
    assert set(names(api.get(ROOMS_URL, query))) == found


@pytest.mark.parametrize(
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


def test_rooms_of_another_project_cannot_be_listed_by_parameters(api):
    RoomFactory(name="foreign")

    assert api.get(ROOMS_URL, {"id": uuid.uuid4(), "project": "x"}).json()["data"] == []
