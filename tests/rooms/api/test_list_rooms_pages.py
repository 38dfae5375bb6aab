"""GET /rooms: page sizes, page tokens and links."""

from urllib.parse import parse_qs, urlsplit

import pytest

from rooms.changes import delete_room
from rooms.models import Room
from tests.factories import TESTS, RoomFactory
from tests.support.api import ROOMS_URL, faults, nothing_changes
from tests.support.api_pages import flat, links, make, names, pages
from tests.support.tables import each


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
    assert (following.scheme, following.netloc, following.path) == ("", "", ROOMS_URL)
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


@each(
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
    ids=ascii,
)
@each("ordering", ["", "-updated_at", "max_members", "join_from"])
def test_foreign_page_token_is_refused(api, room, sent, ordering):
    spelled = sent.format(id=room.pk, hex=room.pk.hex, upper=str(room.pk).upper())

    response = api.get(ROOMS_URL, {"page_token": spelled, "ordering": ordering})

    assert faults(response) == [("page_token", "page_token_is_invalid")]


def test_page_token_with_an_id_of_another_project_reveals_nothing(api, project):
    newest_first = make(project, 2)
    foreign = RoomFactory()

    response = api.get(ROOMS_URL, {"page_token": f"PA{foreign.pk}"})

    assert names(response) == newest_first


@each(
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
