"""Every cookie has the prefix `__Host-` with HTTPS, so that no other host can set it."""

import pytest
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from access.http.cookies import MessageStorage
from config.middleware.replica_reads import ReplicaReadsMiddleware
from tests.factories import StaffFactory
from tests.support.page_catalogue import address, one_of_everything, pages
from tests.support.source import SOURCES
from tests.support.start import settings_with

pytestmark = pytest.mark.django_db
PASSWORD = "open sesame, please"


@pytest.fixture
def with_https(settings, monkeypatch, tmp_path):
    """The settings of a server with HTTPS=true."""
    found = settings_with(monkeypatch, tmp_path, HTTPS="true")
    for name in found:
        if "COOKIE" in name or name == "HTTPS":
            setattr(settings, name, found[name])


@pytest.fixture
def person():
    user = StaffFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def cookies_of_pages(client, person):
    """Return the cookies that the pages, a sign-in and some forms set, by their names."""
    rows = one_of_everything("zebra", owner=person)
    found = {}
    chosen = {"zone": "UTC", "theme": "dark", "language": "de"}
    new = {"old_password": PASSWORD, "new_password1": "x" * 20, "new_password2": "x" * 20}
    forms = {
        "prefer": chosen,
        "sign-in": {"username": person.username, "password": PASSWORD},
        "password": new,
    }
    for name, values in forms.items():
        found |= client.get(reverse("sign-in"), secure=True).cookies
        found |= client.post(reverse(name), values, secure=True).cookies
    for page in pages():
        found |= client.get(address(page, rows), secure=True).cookies
    return found


def test_every_cookie_has_the_prefix_with_https(with_https, person):
    found = cookies_of_pages(Client(), person)

    names = ["csrftoken", "django_language", "lists", "messages", "sessionid", "theme", "zone"]
    assert sorted(found) == [f"__Host-{name}" for name in names]
    for cookie in found.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert cookie["samesite"] == "Lax"


def test_cookies_have_plain_names_without_https(settings, person):
    settings.SECURE_SSL_REDIRECT = False

    found = cookies_of_pages(Client(), person)

    assert not any(name.startswith("__") for name in found)
    assert {"csrftoken", "messages", "sessionid", "zone"} <= found.keys()


def test_cookie_after_a_write_has_the_prefix(with_https):
    written = ReplicaReadsMiddleware(lambda request: HttpResponse())(RequestFactory().post("/"))

    assert list(written.cookies) == ["__Host-wrote"]


def test_cookies_of_plain_http_are_ignored_with_https(client, person, with_https):
    client.force_login(person)
    session = client.cookies.pop("__Host-sessionid").value
    client.cookies["sessionid"] = session
    client.cookies["theme"] = "dark"

    page = client.get(reverse("sign-in"), secure=True)
    home = client.get("/", secure=True)

    assert home.status_code == 302
    assert b'data-theme="dark"' not in page.content
    assert b'data-find-zone="__Host-zone"' in page.content


def test_deleted_message_cookie_is_secure(with_https):
    request = RequestFactory().get("/", secure=True)
    request.session = {}
    storage = MessageStorage(request)
    response = HttpResponse()
    storage.add(messages.INFO, "Saved.")
    storage.update(response)
    request.COOKIES = {name: cookie.value for name, cookie in response.cookies.items()}
    shown, again = MessageStorage(request), HttpResponse()

    assert [str(message) for message in shown] == ["Saved."]
    shown.update(again)
    assert again.cookies["__Host-messages"]["secure"]
    assert again.cookies["__Host-messages"]["max-age"] == 0


def test_one_function_sets_cookies():
    setters = {path.name for path in SOURCES if ".set_cookie(" in path.read_text()}

    assert setters == {"cookies.py"}


def test_script_sets_the_time_zone_with_the_prefix(open_page, client, with_https):
    """The browser shows a page of this server as one of an HTTPS host."""
    html = client.get(reverse("sign-in"), secure=True).content.decode()
    script = (settings.BASE_DIR / "access/static/greenroom/js/app.js").read_text()
    page = open_page(timezone_id="Asia/Tokyo")
    page.route("**/*", lambda route: route.fulfill(body="", content_type="text/css"))
    page.route(
        "**/app*.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    page.route("**/sign-in", lambda route: route.fulfill(body=html, content_type="text/html"))

    page.goto("https://rooms.example/sign-in")

    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["value"]) == ("__Host-zone", "Asia/Tokyo")
    assert (cookie["secure"], cookie["path"], cookie["sameSite"]) == (True, "/", "Lax")
