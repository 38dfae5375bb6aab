"""Pages refuse a parameter that comes twice, unless several values of it have a meaning."""

import re

import pytest

from rooms.models.job import Job
from tests.factories import ProjectFactory, RoomFactory, StaffFactory
from tests.support.page_catalogue import address, one_of_everything, pages

pytestmark = pytest.mark.django_db
# The fields by which lists filter and sort, and Django's own parameters.
NAMES = [
    *("search", "status", "ordering", "page", "from", "since", "until", "room", "bom", "next", "x"),
    *("q", "p", "o", "all", "e", "live", "_popup", "_to_field", "_changelist_filters"),
]


@pytest.fixture
def staff(client):
    client.force_login(StaffFactory())
    return client


def test_every_page_refuses_a_parameter_that_comes_twice(staff):
    rows = one_of_everything("zebra")
    # Two patterns of the admin are regular expressions.
    urls = {re.sub(r"\^?\(\?P<.*\)", "rooms", address(page, rows)) for page in pages()}

    for url in urls:
        for send in (staff.get, staff.post):
            response = send(f"{url}?page=1&page=2")
            assert response.status_code == 422, url
            assert "<li>page</li>" in response.content.decode()
            assert f'<a href="{url}">' in response.content.decode()


@pytest.mark.parametrize("url", ["/", "/history", "/sessions", "/export", "/admin/rooms/room/"])
def test_page_refuses_each_name_that_comes_twice(staff, url):
    for name in NAMES:
        for first, second in (("a", "b"), ("1", "1"), ("", "")):
            query = f"{name}={first}&{name}={second}"
            assert staff.get(f"{url}?{query}").status_code == 422, query


def test_visitor_gets_the_refusal_without_signing_in(client):
    response = client.get("/sign-in?next=/now&next=/")

    assert response.status_code == 422
    assert "more than once" in response.content.decode()


def test_bulk_edit_takes_several_ids(staff):
    rooms = RoomFactory.create_batch(2)
    query = "&".join(f"ids={room.pk}" for room in rooms)

    assert "Edit 2 rooms" in staff.get(f"/bulk?{query}").content.decode()
    assert staff.get(f"/bulk?{query}&all=1&all=0").status_code == 422


def test_bulk_edit_refuses_a_list_whose_query_has_a_parameter_twice(staff):
    RoomFactory()
    sent = {"all": "1", "query": "quality=720p&quality=1080p", "preview": "1"}

    response = staff.post("/bulk", sent, follow=True)

    assert "quality: give only one value." in response.content.decode()
    assert not Job.objects.exists()


def test_list_of_the_admin_finds_either_value_of_a_filter(staff):
    project = ProjectFactory()
    for quality in ("720p", "1080p"):
        RoomFactory(project=project, quality=quality, name=f"has-{quality}")

    url = "/admin/rooms/room/?quality__exact=720p&quality__exact=1080p"
    page = staff.get(url).content.decode()

    assert "has-720p" in page
    assert "has-1080p" in page
