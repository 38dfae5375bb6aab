"""The pages of API tokens: list, create, the secret shown once, one token, and revoke."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import ApiToken, StaffLimit, StaffSession
from access.pages.tokens.forms import TokenForm
from tests.factories import ProjectFactory, TokenFactory
from tests.support.api import client_of
from tests.support.html import fields_of, log_in, markup_of, messages_of
from tests.support.tables import each

pytestmark = pytest.mark.django_db
TOKENS, NEW = "/tokens", "/tokens/new"
SECRET = re.compile(r"gr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")
VIEW, ADD, CHANGE = (f"access.{what}_apitoken" for what in ("view", "add", "change"))


def create(client, **fields):
    """Send the form of a new token, and return the response."""
    fields = {"project": ProjectFactory().pk, "name": "wards", **fields}
    return client.post(NEW, {**fields_of(client.get(NEW)), **fields})


def test_new_token_is_shown_after_a_redirect_and_works(client):
    log_in(client)

    response = create(client)

    assert response.status_code == 302
    page = client.get(response.headers["Location"])
    (secret,) = set(SECRET.findall(page.content.decode()))
    token = ApiToken.objects.get()
    assert ApiToken.find(secret) == token
    assert token.scopes == ["video"]
    assert str(token.project_id) in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    token.secret = secret
    assert client_of(token).get("/api/video/rooms").status_code == 200


def test_reload_shows_no_secret_and_creates_no_token(client):
    log_in(client)
    shown_at = create(client).headers["Location"]
    pad = client.cookies["shown-once"].value
    assert SECRET.search(client.get(shown_at).content.decode())

    again = client.get(shown_at)
    client.cookies["shown-once"] = pad
    with_old_cookie = client.get(shown_at, follow=True)

    assert again.status_code == 302
    assert not SECRET.search(with_old_cookie.content.decode())
    assert "A token is shown only once" in with_old_cookie.content.decode()
    assert ApiToken.objects.count() == 1


def test_secret_is_neither_in_the_database_nor_in_a_cookie(client):
    log_in(client)
    response = create(client)
    shown_at, session = response.headers["Location"], StaffSession.objects.get().get_decoded()
    cookies = response.cookies.output()
    assert response.cookies["shown-once"]["httponly"]
    assert client.head(shown_at).status_code == 405
    secret = SECRET.search(client.get(shown_at).content.decode())[0]

    kept = [session, cookies, ApiToken.objects.values().get(), *LogEntry.objects.values()]

    for text in (secret[-43:], secret[-43:].encode().hex()):
        assert not any(text in str(one) for one in kept)
    assert "shown-once" not in StaffSession.objects.get().get_decoded()
    later = [TOKENS, f"/tokens/{ApiToken.objects.get().pk}", "/admin/access/apitoken/"]
    assert not any(secret[-43:] in client.get(path).content.decode() for path in later)


@pytest.mark.parametrize("pad", ["", "rubbish", "00ff", "é", "ff" * 59])
def test_secret_without_its_cookie_is_not_shown(client, pad):
    log_in(client)
    shown_at = create(client).headers["Location"]
    client.cookies["shown-once"] = pad

    assert client.get(shown_at).status_code == 302


def test_page_of_a_secret_has_calls_that_can_be_pasted(client):
    log_in(client)
    response = create(client)
    page = client.get(response.headers["Location"], headers={"Host": "testserver"})

    token, text = ApiToken.objects.get(), page.content.decode().replace("&#x27;", "'")
    secret = SECRET.search(text)[0]
    url = "'http://testserver/api/video/rooms'"
    assert f"curl -u '{token.project_id}:{secret}' {url}" in text
    assert f"curl -H 'Authorization: Bearer {secret}' {url}" in text


def test_new_token_is_logged_with_its_author(client):
    user = log_in(client)

    create(client)

    token, entry = ApiToken.objects.get(), LogEntry.objects.get()
    assert token.created_by == user.username
    assert (entry.user, entry.object_id, entry.is_addition()) == (user, str(token.pk), True)
    assert user.username in client.get(TOKENS).content.decode()


@each(
    ("fields", "name", "words"),
    [
        ({"scopes": ["audio"]}, "scopes", "Select a valid choice"),
        ({"allowed_networks": "192.0.2.1/24"}, "allowed_networks", "Enter 192.0.2.0/24"),
        ({"allowed_networks": "here"}, "allowed_networks", "here is not an IP range"),
        ({"name": ""}, "name", "Enter a name."),
        ({"name": "a" * 101}, "name", "at most 100"),
        ({"project": ""}, "project", "Choose a project."),
        ({"expiry": "40"}, "expiry", "Select a valid choice"),
        ({"expiry": "date", "expires_at": ""}, "expires_at", "Enter a time"),
        ({"expiry": "date", "expires_at": "2020-01-01T10:00"}, "expires_at", "in the future"),
        ({"expiry": "30", "expires_at": "rubbish"}, "expires_at", "Enter a time in the years"),
    ],
)
def test_invalid_token_is_refused_in_words_and_keeps_what_was_typed(client, fields, name, words):
    log_in(client)

    response = create(client, **{"name": "wards", **fields})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert words in str(response.context["form"].errors[name])
    assert not ApiToken.objects.exists()
    assert fields_of(response)["allowed_networks"] == fields.get("allowed_networks", "")


@each(("expiry", "days"), [("30", 30), ("90", 90), ("365", 365), ("never", None), (None, 365)])
def test_expiry_of_a_new_token_is_a_preset_or_never(client, expiry, days):
    log_in(client)

    create(client, **({"expiry": expiry} if expiry else {}))

    at = ApiToken.objects.get().expires_at
    wanted = days and timezone.now() + timedelta(days=days)
    assert at is None if days is None else abs(at - wanted) < timedelta(minutes=2)


def test_own_date_is_read_and_shown_in_the_zone_of_the_user(client):
    log_in(client)
    client.cookies["zone"] = "Europe/Berlin"

    shown = client.get(
        create(client, expiry="date", expires_at="2040-07-01T12:00").headers["Location"]
    )

    token = ApiToken.objects.get()
    assert f"{token.expires_at:%Y-%m-%d %H:%M}" == "2040-07-01 10:00"
    for page in (shown, client.get(TOKENS), client.get(f"/tokens/{token.pk}")):
        assert "12:00" in re.search(r'datetime="2040-07-01T10:00:00Z"[^<]*', markup_of(page))[0]


def test_list_says_in_words_what_each_token_may_do(client):
    log_in(client)
    TokenFactory(allowed_networks="192.0.2.0/24\n198.51.100.7", created_by="anna")
    TokenFactory(scopes=[], last_used_at=None)

    page = markup_of(client.get(TOKENS))

    for words in (
        "Rooms, sessions and webhooks",
        "Nothing: each request gets 403.",
        "192.0.2.0/24, 198.51.100.7",
        "Any address",
        "anna",
        "never",
    ):
        assert words in page
    assert '["video"]' not in page


def test_list_shows_states_and_folds_revoked_tokens(client):
    log_in(client)
    TokenFactory()
    TokenFactory(expired=True)
    TokenFactory(revoked=True)
    TokenFactory(project=ProjectFactory(is_active=False))
    TokenFactory(expires_at=timezone.now() + timedelta(days=1))

    text = markup_of(client.get(TOKENS))

    kinds = ("works", "warning", "expired", "revoked", "off")
    assert [text.count(f"pill-{kind}") for kind in kinds] == [1, 1, 1, 1, 1]
    assert "1 token expires within 30 days." in text
    before, folded = text.split('<details class="after">')
    assert ("pill-revoked" in before, "pill-revoked" in folded) == (False, True)


def test_last_use_is_shown_with_its_address(client, token, room):
    ApiToken.objects.update(last_used_at=None)
    client_of(token).get("/api/video/rooms", REMOTE_ADDR="192.0.2.77")
    log_in(client)

    assert "from 192.0.2.77" in markup_of(client.get(f"/tokens/{token.pk}"))


@pytest.mark.parametrize("admin", [False, True])
def test_edit_saves_the_fields_of_the_form_alone(client, monkeypatch, admin):
    log_in(client)
    expires_at = timezone.now() + timedelta(days=3, seconds=7)
    token = TokenFactory(scopes=["video"], expires_at=expires_at)
    before = ApiToken.objects.values().get()
    page = f"/admin/access/apitoken/{token.pk}/change/" if admin else f"/tokens/{token.pk}/edit"
    sent = {**fields_of(client.get(page)), "project": ProjectFactory().pk, "digest": "0" * 64}

    refused = client.post(page, {**sent, "allowed_networks": "here"})
    monkeypatch.setattr(TokenForm, "clean", revoke_and(TokenForm.clean, token))
    saved = client.post(page, {**sent, "name": "renamed"})

    after = ApiToken.objects.values().get()
    assert (refused.status_code, saved.status_code) == (200 if admin else 422, 302)
    assert {name for name in after if after[name] != before[name]} == {"name", "revoked_at"}


def revoke_and(method, token):
    """Return `method`, during which another user revokes the token."""

    def call(form):
        token.revoke()
        return method(form)

    return call


def test_new_expiry_counts_from_the_edit(client):
    log_in(client)
    token = TokenFactory()
    page = f"/tokens/{token.pk}/edit"

    client.post(page, {**fields_of(client.get(page)), "expiry": "30"})

    token.refresh_from_db()
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=2)
    assert "Changed." in LogEntry.objects.get().get_change_message()


def test_revoke_asks_first_and_says_what_stops(client, token):
    log_in(client)
    page = f"/tokens/{token.pk}/revoke"

    asked = client.get(page)
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "can't be undone" in asked.content.decode().replace("&#x27;", "'")
    first, again = client.post(page), client.post(page)

    assert messages_of(first)[-1].endswith("is revoked. Each request with this token now gets 401.")
    assert messages_of(again)[-1] == "This token was revoked before."
    assert client_of(token).get("/api/video/rooms").status_code == 401
    assert "Revoked." in LogEntry.objects.get().get_change_message()
    assert b"/revoke" not in client.get(f"/tokens/{token.pk}").content


@each(
    ("held", "wanted"),
    [
        ([VIEW], [200, 403, 200, 403, 403]),
        ([ADD], [403, 200, 403, 403, 403]),
        ([VIEW, CHANGE], [200, 403, 200, 200, 200]),
        ([CHANGE], [403, 403, 403, 403, 403]),
    ],
)
def test_pages_need_the_permissions_of_the_model(client, held, wanted):
    token = TokenFactory()
    log_in(client, *held)
    page = f"/tokens/{token.pk}"
    paths = (TOKENS, NEW, page, f"{page}/revoke", f"{page}/edit")

    assert [client.get(path).status_code for path in paths] == wanted
    for path in (NEW, f"{page}/revoke", f"{page}/edit"):
        if wanted[paths.index(path)] == 403:
            assert client.post(path, {"name": "x"}).status_code == 403
    menu = client.get("/account/sign-ins").content.decode()
    assert ('href="/tokens"' in menu) == (wanted[0] == 200)
    token.refresh_from_db()
    assert (token.revoked_at, ApiToken.objects.count()) == (None, 1)


def test_limited_staff_neither_see_nor_use_other_projects(client, token):
    user = log_in(client, VIEW, ADD, CHANGE)
    mine = ProjectFactory()
    StaffLimit.objects.create(user=user).projects.add(mine)
    page, name = f"/tokens/{token.pk}", token.name

    assert token.name not in client.get(TOKENS).content.decode()
    for path in (page, f"{page}/revoke", f"{page}/edit", f"{page}/secret"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "mine"}).status_code in (404, 405)
    refused, made = create(client, project=token.project_id), create(client, project=mine.pk)

    token.refresh_from_db()
    assert "project" in refused.context["form"].errors
    assert (made.status_code, token.revoked_at, token.name) == (302, None, name)
    assert str(token.project_id) not in client.get(NEW).content.decode()


def test_list_takes_the_same_statements_for_many_tokens(client, token):
    log_in(client)
    counts = []
    for more in (0, 60):
        TokenFactory.create_batch(more, project=token.project)
        TokenFactory.create_batch(more, revoked=True, project=token.project)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            page = client.get(TOKENS)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 6
    assert page.content.count(b'<th scope="row">') == 100
    older = re.search(r'rel="next" href="([^"]*)"', markup_of(page))[1]
    assert token.name in client.get(f"{TOKENS}{older}").content.decode()
