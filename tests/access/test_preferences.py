import pytest
from django.urls import reverse
from django.utils.translation import get_language

SIGN_IN = "/sign-in"


def prefer(client, **chosen):
    return client.post(reverse("prefer"), {"next": SIGN_IN, **chosen})


def test_preferences_apply_to_every_page(client):
    response = prefer(client, zone="America/St_Johns", theme="dark", language="de")

    assert response.headers["Location"] == SIGN_IN
    page = client.get(SIGN_IN).content.decode()
    assert "America/St_Johns" in page
    assert '<html lang="de" data-theme="dark">' in page


@pytest.mark.parametrize(
    "chosen",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "../../etc/passwd"},
        {"zone": "a\0b"},
        {"theme": "pink"},
        {"language": "xx"},
    ],
)
def test_unknown_preferences_are_ignored(client, chosen):
    response = prefer(client, **chosen)

    assert response.status_code == 302
    assert not response.cookies


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../../etc/localtime", "/etc/localtime", ""])
def test_unknown_time_zone_falls_back_to_utc(client, zone):
    client.cookies["zone"] = zone

    assert "Times are shown in UTC." in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "", "x:y"])
def test_redirect_stays_on_this_host(client, url):
    assert prefer(client, next=url).headers["Location"] == "/"


def test_page_asks_for_the_time_zone_until_the_cookie_is_set(client):
    assert b"data-find-zone" in client.get(SIGN_IN).content
    client.cookies["zone"] = "Europe/Berlin"
    assert b"data-find-zone" not in client.get(SIGN_IN).content


def test_preferences_are_not_changed_by_get(client):
    assert client.get(reverse("prefer")).status_code == 405


def test_language_of_one_request_does_not_leak_into_the_next(client):
    client.cookies["django_language"] = "de"

    assert b'<html lang="de"' in client.get(SIGN_IN).content
    assert get_language() == "en"
