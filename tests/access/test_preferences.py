import pytest
from django.urls import reverse
from django.utils.translation import get_language

from access.staff.zones import find_zone, offered_zones
from tests.support.html import log_in, messages_of

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


@pytest.mark.parametrize("text", ["Europe/Berlin", "berlin", " EUROPE/berlin "])
def test_zone_is_found_by_name_or_city(client, text):
    assert prefer(client, zone=text).cookies["zone"].value == "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "zone"),
    [("new york", "America/New_York"), ("CET", "CET"), ("utc", "UTC"), ("Mars", None), ("", None)],
)
def test_city_or_abbreviation_names_a_zone(text, zone):
    assert find_zone(text) == zone


@pytest.mark.django_db
def test_unknown_zone_is_reported_and_not_saved(client):
    log_in(client)

    response = prefer(client, zone="Mars", theme="dark")

    assert messages_of(response)[-1].startswith("No time zone is named “Mars”.")
    assert "zone" not in response.cookies
    assert response.cookies["theme"].value == "dark"


def test_suggested_zones_have_city_abbreviations_and_offset(client):
    names = client.get(reverse("time-zones")).content.decode()

    assert '<option value="America/New_York">New York · EST · EDT · UTC-0' in names
    assert names.count("<option") == len(offered_zones()) > 400
