"""The menu above each page, which is compiled for what a user may open."""

import re
from html import escape
from itertools import chain

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.translation import override

from tests.factories import StaffFactory
from tests.support.html import log_in

pytestmark = pytest.mark.django_db
LINKS = {
    "now": {"rooms.view_room"},
    "home": {"rooms.view_room"},
    "week": {"rooms.view_room"},
    "session-list": {"room_sessions.view_roomsession"},
    "history": {"rooms.view_roomchange"},
}


def top_of(page):
    return re.search(r'<header class="top">.*?</header>', page.content.decode(), re.DOTALL)[0]


def linked(page):
    addresses = re.findall(r'<a href="([^"]*)"\s+data-shortcut', top_of(page))
    return {name for name in LINKS if reverse(name) in addresses}


def test_menu_has_the_pages_that_each_user_may_open(client):
    for names in (set(), *LINKS.values(), {*chain(*LINKS.values())}):
        user = StaffFactory(is_superuser=False)
        pairs = [name.split(".") for name in names]
        user.user_permissions.set(
            Permission.objects.get(content_type__app_label=app, codename=code)
            for app, code in pairs
        )
        client.force_login(user)
        may = {name for name, needed in LINKS.items() if needed <= names}
        assert linked(client.get(reverse("password"))) == may
    log_in(client)
    assert linked(client.get(reverse("password"))) == {*LINKS}


def test_menu_shows_its_user_its_page_and_its_token(client):
    for name in ('<b>"%s', "100 % {{ user }}"):
        client.force_login(StaffFactory(username=name))
        page = client.get(reverse("home"), {"search": "<i>'%(a)s"})
        top = top_of(page)
        assert f'<span class="clip">{escape(name)}</span>' in top
        assert f'name="next" value="{escape(page.wsgi_request.get_full_path())}"' in top
        assert re.findall(r'aria-current="page">\s*([^<]*?)\s*</a>', top) == ["Rooms"]
        # The forms of the preferences and of the sign-out.
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', top)
        assert [len(tokens), len({*tokens})] == [2, 1]
    client.cookies.load({"django_language": "de", "theme": "dark", "zone": "Asia/Tokyo"})
    top = top_of(client.get(reverse("home")))
    with override("de"):
        assert "Räume" in top
    assert 'value="Asia/Tokyo"' in top
    assert '<option value="dark" selected>' in top
    assert '<option value="de" lang="de" selected>' in top
