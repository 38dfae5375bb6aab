import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from access.models import ApiToken, StaffSession
from tests.factories import ProjectFactory, TokenFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db
TOKENS = "/admin/access/apitoken/"
SECRET = re.compile(r"gr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")


def page_of(token, page="change"):
    return reverse(f"admin:access_apitoken_{page}", args=[token.pk])


def add_token(client, **fields):
    project = ProjectFactory()
    sent = fields_of(client.get(f"{TOKENS}add/"))
    return client.post(f"{TOKENS}add/", {**sent, "project": project.pk, "name": "wards", **fields})


def test_new_token_is_shown_on_the_next_page_and_works(client):
    log_in(client)

    response = add_token(client)

    (secret,) = set(SECRET.findall(response.content.decode()))
    token = ApiToken.objects.get()
    assert ApiToken.find(secret) == token
    assert token.scopes == ["video"]
    assert str(token.project_id) in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_new_token_is_shown_once_and_not_stored(client):
    log_in(client)
    response = add_token(client)
    secret = SECRET.search(response.content.decode())[0]
    token = ApiToken.objects.get()

    later = [client.get(path).content.decode() for path in (TOKENS, page_of(token), "/admin/")]
    history = client.get(page_of(token, "history")).content.decode()

    part = secret[-43:]
    assert not any(part in page for page in (*later, history))
    assert part not in response.cookies.output()
    assert not any(part in str(session.get_decoded()) for session in StaffSession.objects.all())
    assert not any(part in str(vars(entry)) for entry in LogEntry.objects.all())
    assert part not in str(ApiToken.objects.values().get())


def test_digest_is_neither_shown_nor_editable(client):
    log_in(client)
    token = TokenFactory()
    before = ApiToken.objects.values("digest", "prefix", "project_id").get()
    page = client.get(page_of(token))

    response = client.post(
        page_of(token),
        {
            **fields_of(page),
            "name": "renamed",
            "digest": "0" * 64,
            "prefix": "0" * 12,
            "project": ProjectFactory().pk,
        },
    )

    assert response.status_code == 302
    assert before["digest"] not in page.content.decode()
    assert ApiToken.objects.values("digest", "prefix", "project_id").get() == before
    token.refresh_from_db()
    assert token.name == "renamed"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"scopes": ["audio"]}, "scopes"),
        ({"allowed_networks": "192.0.2.1/24"}, "allowed_networks"),
        ({"name": ""}, "name"),
        ({"project": ""}, "project"),
        ({"expires_at": ""}, "expires_at"),
    ],
)
def test_invalid_token_is_refused(client, fields, name):
    log_in(client)

    response = add_token(client, **fields)

    assert name in response.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_revoke_reports_the_number_and_can_be_repeated(client):
    log_in(client)
    tokens = [TokenFactory(), TokenFactory(), TokenFactory(revoked=True)]
    other = TokenFactory()
    revoked_at = tokens[2].revoked_at

    first = act(client, TOKENS, "revoke", tokens)
    second = act(client, TOKENS, "revoke", tokens)

    assert messages_of(first) == ["2 tokens revoked.", "1 needed no change."]
    assert messages_of(second)[-2:] == ["0 tokens revoked.", "3 needed no change."]
    tokens[2].refresh_from_db()
    assert tokens[2].revoked_at == revoked_at
    assert list(ApiToken.objects.filter(revoked_at=None)) == [other]


def test_revoke_needs_the_change_permission(client):
    log_in(client, "access.view_apitoken")
    token = TokenFactory()

    act(client, TOKENS, "revoke", [token])

    token.refresh_from_db()
    assert token.revoked_at is None


def test_deleting_a_token_needs_the_delete_permission(client):
    token = TokenFactory()
    log_in(client, "access.view_apitoken", "access.change_apitoken")
    refused = client.post(page_of(token, "delete"), {"post": "yes"})
    log_in(client, "access.view_apitoken", "access.delete_apitoken")
    deleted = client.post(page_of(token, "delete"), {"post": "yes"})

    assert (refused.status_code, deleted.status_code) == (403, 302)
    assert not ApiToken.objects.exists()


def test_list_shows_which_tokens_work(client):
    log_in(client)
    TokenFactory()
    TokenFactory(expired=True)
    TokenFactory(revoked=True)
    TokenFactory(project=ProjectFactory(is_active=False))
    TokenFactory(expires_at=timezone.now() + timedelta(days=1))

    page = client.get(TOKENS).content.decode()

    kinds = ("works", "warning", "expired", "revoked", "off")
    assert [page.count(f"pill-{kind}") for kind in kinds] == [1, 1, 1, 1, 1]


def test_new_token_expires_after_a_year_by_default(client):
    log_in(client)

    shown = fields_of(client.get(f"{TOKENS}add/"))
    response = add_token(client)

    year = timezone.now() + timedelta(days=365)
    assert shown["expires_at"].startswith(f"{year:%Y-%m-%d}")
    assert "never_expires" not in shown
    assert abs(ApiToken.objects.get().expires_at - year) < timedelta(minutes=2)
    assert f'datetime="{year:%Y-%m-%d}' in response.content.decode()


def test_token_without_expiry_is_an_explicit_choice(client):
    log_in(client)

    add_token(client, never_expires="on")

    token = ApiToken.objects.get()
    assert token.expires_at is None
    shown = fields_of(client.get(page_of(token)))
    assert (shown["never_expires"], shown["expires_at"]) == ("on", "")
    client.post(page_of(token), {**shown, "name": "renamed"})
    assert ApiToken.objects.values_list("name", "expires_at").get() == ("renamed", None)


def test_edited_token_keeps_its_expiry(client):
    log_in(client)
    expires_at = timezone.now().replace(second=0, microsecond=0) + timedelta(days=3)
    token = TokenFactory(expires_at=expires_at)

    client.post(page_of(token), {**fields_of(client.get(page_of(token))), "name": "renamed"})

    assert ApiToken.objects.values_list("name", "expires_at").get() == ("renamed", expires_at)


def test_viewer_sees_the_expiry_without_an_input(client):
    log_in(client, "access.view_apitoken")

    page = client.get(page_of(TokenFactory()))

    assert page.status_code == 200
    assert b"never_expires" not in page.content


def test_list_warns_of_tokens_that_expire_within_30_days(client):
    log_in(client)
    now = timezone.now()
    soon = TokenFactory(expires_at=now + timedelta(days=29), name="gateway-soon")
    TokenFactory(expires_at=now + timedelta(days=31), name="gateway-later")
    TokenFactory(expires_at=now + timedelta(days=29), name="gateway-revoked", revoked=True)
    TokenFactory(expired=True, name="gateway-over")
    TokenFactory(expires_at=None, name="gateway-never")
    TokenFactory(expires_at=soon.expires_at, project=ProjectFactory(is_active=False))

    page = client.get(TOKENS)
    filtered = client.get(TOKENS, {"expires": "soon"})

    assert messages_of(page) == ["1 token expires within 30 days. Create another one before."]
    assert list(filtered.context["cl"].queryset) == [soon]
