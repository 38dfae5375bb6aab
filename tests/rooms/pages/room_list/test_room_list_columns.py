"""The columns of the room list, which the address names."""

import re

import pytest

from rooms.models import SavedView
from tests.support.html import log_in
from tests.support.room_list_page import links, text

pytestmark = pytest.mark.django_db


def heads(page):
    return re.findall(r'<th scope="col"\s+class="(\w+)"', page.content.decode())


def cells(page):
    """Return the columns of the first row."""
    row = re.search(r"<tr[^>]*data-row.*?>(.*?)</tr>", page.content.decode(), re.S)[1]
    return ["name", *re.findall(r'<td[^>]*class="(?!pick|more)(\w+)"', row)]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["name", "status", "answer", "when", "capacity"]),
        ("?columns=name", ["name"]),
        ("?columns=changed,video,when", ["name", "when", "video", "changed"]),
        (
            "?columns=project,status,answer,when,capacity,video,changed",
            ["name", "project", "status", "answer", "when", "capacity", "video", "changed"],
        ),
    ],
)
def test_address_names_the_columns(client, room, query, shown):
    log_in(client)

    page = client.get(f"/{query}")

    assert page.status_code == 200
    assert heads(page) == cells(page) == shown


@pytest.mark.parametrize("columns", ["when,colour", ",", "when,,", "When", "x" * 500])
def test_unknown_column_is_reported_and_the_default_columns_are_shown(client, room, columns):
    log_in(client)

    page = client.get(f"/?columns={columns}&quality=720p")

    assert page.status_code == 422
    assert "columns must be some of name, project, status, answer, when" in text(page)
    assert (links(page), heads(page)[-1]) == ([room.display_name], "capacity")


def test_form_leads_to_an_address_with_one_parameter(client, room):
    log_in(client)
    kept = "search=r&ordering=-created_at&default=name,status,when"

    for sent, address in (
        ("&show_changed=1&show_when=1", "&columns=name%2Cwhen%2Cchanged"),
        ("", "&columns=name"),
        # The default columns need no parameter.
        ("&show_when=1&show_status=1", ""),
    ):
        response = client.get(f"/?{kept}{sent}")
        assert response.headers["Location"] == f"/?search=r&ordering=-created_at{address}"


def test_columns_are_kept_by_links_filters_views_and_live_parts(client, room):
    user = log_in(client)
    client.post("/views", {"query": "columns=name,status&status=open", "name": "Short"})

    page = client.get("/?columns=name,status&status=open").content.decode()

    assert SavedView.objects.get(user_id=user.pk).query == "status=open&columns=name%2Cstatus"
    assert re.search(r'<input type="hidden" name="columns" value="name,status">', page)
    assert 'href="/?columns=name%2Cstatus"' in page
    live = client.get(re.search(r'hx-get="(/rooms/live[^"]*)"', page)[1].replace("&amp;", "&"))
    assert f'id="now-{room.pk}"' in live.content.decode()
    assert f'id="answer-{room.pk}"' not in live.content.decode()
