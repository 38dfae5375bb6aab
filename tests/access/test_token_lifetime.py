"""Tokens stop working at their expiry and their revocation; their last use is stored."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import ApiToken
from tests.factories import TokenFactory


def test_expired_token_is_refused(is_refused, project):
    is_refused(f"Bearer {TokenFactory(project=project, expired=True).secret}")


def test_token_works_until_its_expiry(token):
    now = timezone.now()
    token.expires_at = now

    assert not token.is_valid(now)
    assert token.is_valid(now - timedelta(microseconds=1))


def test_revoked_token_is_refused_at_once(put, is_refused, token):
    assert put(f"Bearer {token.secret}").status_code == 200

    token.revoke()

    is_refused(f"Bearer {token.secret}")


def test_second_revocation_keeps_the_first_time(token):
    token.revoke()
    first = ApiToken.objects.get().revoked_at
    token.revoke()

    assert ApiToken.objects.get().revoked_at == first


def test_tokens_of_a_disabled_project_are_refused(is_refused, token, project):
    project.is_active = False
    project.save()

    is_refused(f"Bearer {token.secret}")


def test_deleted_token_is_refused(is_refused, token):
    token.delete()

    is_refused(f"Bearer {token.secret}")


@pytest.mark.parametrize(
    ("ago", "moves"),
    [(None, True), (timedelta(seconds=61), True), (timedelta(seconds=55), False)],
)
def test_last_use_is_stored_at_most_once_a_minute(put, token, ago, moves):
    before = timezone.now() - ago if ago else None
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=before)

    put(f"Bearer {token.secret}")

    after = ApiToken.objects.get().last_used_at
    assert (after != before) is moves
    assert not moves or timezone.now() - after < timedelta(seconds=30)


@pytest.mark.parametrize("trait", ["expired", "revoked"])
def test_refused_use_is_not_stored(put, project, trait):
    token = TokenFactory(project=project, last_used_at=None, **{trait: True})

    put(f"Bearer {token.secret}")

    assert ApiToken.objects.get(pk=token.pk).last_used_at is None
