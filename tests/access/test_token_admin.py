from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.models import ApiToken
from tests.factories import ProjectFactory, TokenFactory
from tests.support.admin import act
from tests.support.html import fields_of, log_in, messages_of

pytestmark = pytest.mark.django_db
TOKENS = "/admin/access/apitoken/"


def page_of(token, page="change"):
    return reverse(f"admin:access_apitoken_{page}", args=[token.pk])


def test_add_leads_to_the_page_of_staff(client):
    log_in(client)

    response = client.get(f"{TOKENS}add/")

    assert response.headers["Location"] == "/tokens/new"


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


def test_edited_token_without_expiry_keeps_none(client):
    log_in(client)
    token = TokenFactory(expires_at=None)

    shown = fields_of(client.get(page_of(token)))
    client.post(page_of(token), {**shown, "name": "renamed"})

    assert (shown["expiry"], shown["expires_at"]) == ("never", "")
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
    assert b'name="expiry"' not in page.content


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
