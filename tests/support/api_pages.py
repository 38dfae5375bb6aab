"""Pages of rooms in the API, and how to follow their links."""

from itertools import chain

from tests.factories import RoomFactory

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
