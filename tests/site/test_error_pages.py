import re

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client

from tests.factories import StaffFactory

PAGES = [
    *("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"),
    "errors/refused.html",
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
