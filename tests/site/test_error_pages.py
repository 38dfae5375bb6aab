import re
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.template.loader import get_template
from django.test import Client
from playwright.sync_api import expect

from tests.factories import StaffFactory
from tests.support.axe import violations
from tests.support.html import log_in

PAGES = [
    *("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"),
    *("errors/refused.html", "errors/filters.html", "errors/repeated.html", "account/wait.html"),
]


@pytest.mark.parametrize("name", PAGES)
def test_page_renders_without_context_or_database(name):
    html = get_template(name).render()

    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert len(re.findall(r"<h1>[^<]+</h1>", html)) == 1
    assert "<p>" in html


@pytest.mark.parametrize("name", PAGES)
def test_page_obeys_its_content_security_policy(name):
    html = get_template(name).render()

    assert not re.search(r"<script|<style| style=| on\w+=|https?://", html)
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    assert finders.find(sheet.removeprefix("/static/"))


@pytest.mark.parametrize("name", PAGES)
def test_page_has_the_name_of_the_product_and_a_way_on(name):
    links = re.findall(r'<a[^>]*href="([^"]*)"', get_template(name).render())

    assert links[0] == "/"
    assert len(links) > 1
    assert "Greenroom</a>" in get_template(name).render()


@pytest.mark.django_db
def test_signed_in_users_keep_their_menu(client):
    person = log_in(client, "rooms.view_room")

    for url, status in (("/nowhere", 404), (f"/rooms/{UUID(int=0)}", 404), ("/import", 403)):
        response = client.get(url)
        assert response.status_code == status
        assert f'<span class="clip">{person.username}</span>' in response.content.decode()


@pytest.mark.django_db
def test_error_page_needs_no_database_to_know_the_user(client, monkeypatch):
    """A lookup of the user that fails must not turn a 404 into a 500."""

    def away(request):
        raise OperationalError("away")

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)

    response = client.get("/nowhere")

    assert response.status_code == 404
    assert b"Page not found" in response.content


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/history?room=a", "/history?room=a"),
        ("http://testserver/nowhere", None),
        ("http://elsewhere.example/history", None),
        ("http://testserver//elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_error_page_leads_back_within_this_site(client, referer, back):
    page = client.get("/nowhere", headers={"Referer": referer, "Host": "testserver"})

    found = re.search(r'<a href="([^"]*)">Back</a>', page.content.decode())
    assert (found and found[1]) == back


def test_503_page_asks_to_try_again():
    assert "Try again in 2 seconds." in get_template("503.html").render({"seconds": 2})
    assert "Try again in 1 second." in get_template("503.html").render({"seconds": 1})


def test_unknown_url_shows_the_error_page(client):
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert b"Page not found" in response.content
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_form_without_csrf_token_shows_the_error_page():
    client = Client(enforce_csrf_checks=True)
    client.force_login(StaffFactory())

    response = client.post("/admin/access/project/add/", {"name": "x"})

    assert response.status_code == 403
    assert b"This form has expired" in response.content


@pytest.mark.django_db
def test_missing_permission_shows_the_error_page(client):
    client.force_login(StaffFactory(is_superuser=False))

    response = client.get("/admin/access/project/")

    assert response.status_code == 403
    assert b"You don't have permission" in response.content


def test_error_pages_and_sign_in_have_no_accessibility_violations(open_page, greenroom):
    page = open_page(allowed=("status of 404", "answer: 503"), reduced_motion="reduce")
    html = {f"/page-{name}": get_template(name).render() for name in PAGES}
    for path, body in html.items():
        page.route(f"**{path}", lambda route, _, body=body: route.fulfill(body=body))
    found = []
    for path in [*html, "/nowhere", "/sign-in"]:
        page.goto(f"{greenroom.url}{path}")
        found += violations(page)
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()

    assert [*found, *violations(page)] == []
