"""Authentication: Basic and Bearer credentials, and every kind of refusal."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from access.models import ApiToken
from tests.factories import ProjectFactory, TokenFactory
from tests.support.api import ApiClient, basic, client_of, nothing_changes, room_url

CHANGE = {"max_members": 5}


@pytest.fixture
def put(room):
    """Change the room with a given Authorization header."""

    def send(authorization=None, **extra):
        if authorization is not None:
            extra["HTTP_AUTHORIZATION"] = authorization
        return ApiClient().put(room_url(room), CHANGE, **extra)

    return send


@pytest.fixture
def is_refused(put):
    """Check that an Authorization header gets the same response as any other invalid one."""

    def check(*args, **extra):
        with nothing_changes():
            response = put(*args, **extra)
        assert response.status_code == 401
        assert response.json() == {"error": "Unauthorized"}
        assert response.headers["WWW-Authenticate"].startswith("Basic ")

    return check


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def test_basic_accepts_project_id_and_token(put, token):
    assert put(basic(token.project_id, token.secret)).status_code == 200


def test_bearer_accepts_the_token(put, token):
    assert put(f"Bearer {token.secret}").status_code == 200


@pytest.mark.parametrize("kind", ["basic", "BASIC", "bearer", "BEARER"])
def test_scheme_name_is_case_insensitive(put, token, kind):
    credentials = b64(f"{token.project_id}:{token.secret}")

    secret = token.secret if kind.lower() == "bearer" else credentials
    assert put(f"{kind} {secret}").status_code == 200


def test_project_id_is_case_insensitive(put, token):
    assert put(basic(str(token.project_id).upper(), token.secret)).status_code == 200


def test_missing_or_empty_header_is_refused(is_refused):
    is_refused()
    is_refused("")


@pytest.mark.parametrize(
    "form",
    [
        "{secret}",
        "Token {secret}",
        "Digest {secret}",
        "Bearer",
        "Bearer ",
        "Bearer  {secret}",
        "Bearer\t{secret}",
        "Bearer {secret} {secret}",
        "Bearer {secret}, Bearer {secret}",
        "Bearer {secret}\x00",
        "Bearer {secret}\n",
        'Bearer "{secret}"',
        "Bearer {upper}",
        "Bearer {prefix}",
        "Bearer {almost}",
        "Bearer {digest}",
        "Bearer gr_",
        "Bearer ' OR 1=1 --",
        "Bearer \u00e9",
        "Basic",
        "Basic !!!",
        "Basic {secret}",
        "Basic {project}:{secret}",
    ],
    ids=ascii,
)
def test_malformed_header_is_refused(is_refused, token, form):
    is_refused(
        form.format(
            secret=token.secret,
            upper=token.secret.upper(),
            prefix=token.secret[:16],
            almost=token.secret[:-1] + ("A" if token.secret[-1] != "A" else "B"),
            digest=token.digest,
            project=token.project_id,
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "{secret}",
        "{project}",
        "{project}:",
        ":{secret}",
        "{secret}:{project}",
        "{project}:{secret}:",
        "{project}:{secret} ",
        " {project}:{secret}",
        "{hex}:{secret}",
        "{{{project}}}:{secret}",
        "\x00:{secret}",
        "{project}\x00:{secret}",
        "{project}:\x00",
        "00000000-0000-4000-8000-000000000000:{secret}",
    ],
    ids=ascii,
)
def test_wrong_credentials_are_refused(is_refused, token, text):
    project = token.project_id
    is_refused("Basic " + b64(text.format(secret=token.secret, project=project, hex=project.hex)))


def test_credentials_that_are_not_utf_8_are_refused(is_refused):
    is_refused("Basic " + b64(b"\xff\xfe:\xff"))


def test_very_long_credentials_are_refused(is_refused, token):
    is_refused("Bearer " + "x" * 100_000)
    is_refused("Basic " + b64(f"{token.project_id}:{token.secret}" + "x" * 10_000))


def test_token_of_another_project_is_refused(is_refused, project):
    is_refused(basic(project.pk, TokenFactory().secret))


def test_token_outside_of_the_header_is_ignored(is_refused, token, room):
    is_refused(QUERY_STRING=f"access_token={token.secret}&token={token.secret}")
    is_refused(HTTP_COOKIE=f"token={token.secret}")
    is_refused(HTTP_X_API_KEY=token.secret)


def test_expired_token_is_refused(is_refused, project):
    is_refused(f"Bearer {TokenFactory(project=project, expired=True).secret}")


def test_token_works_until_its_expiry(token):
    now = timezone.now()
    token.expires_at = now

    assert not token.works(now)
    assert token.works(now - timedelta(microseconds=1))


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


# --- scopes and networks


@pytest.mark.parametrize("scopes", [[], ["Video"], ["videos"], ["audio"]])
def test_token_without_video_scope_is_forbidden(room, token, scopes):
    ApiToken.objects.filter(pk=token.pk).update(scopes=scopes)

    with nothing_changes():
        response = client_of(token).put(room_url(room), CHANGE)

    assert response.status_code == 403
    assert response.json() == {"error": "Forbidden"}


@pytest.mark.parametrize("scopes", ["video", {"video": 1}, ["audio"], [["video"]], [1]])
def test_token_with_unknown_scope_cannot_be_issued(project, scopes):
    with pytest.raises(ValidationError):
        ApiToken.issue(project, "x", scopes=scopes)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("networks", "status"),
    [
        ("", 200),
        ("127.0.0.1", 200),
        ("127.0.0.0/8", 200),
        ("192.0.2.0/24\n127.0.0.0/8", 200),
        ("192.0.2.0/24", 403),
        ("::1", 403),
        ("0.0.0.0/0", 200),
        ("::/0", 403),
    ],
)
def test_token_works_only_from_its_networks(client_for, room, networks, status):
    client = client_for(allowed_networks=networks)

    assert client.put(room_url(room), CHANGE).status_code == status


@pytest.mark.parametrize("text", ["x", "127.0.0.1/33", "127.0.0.1/8", "1.2.3", "127.0.0.1,::1"])
def test_token_with_invalid_networks_cannot_be_issued(project, text):
    with pytest.raises(ValidationError):
        ApiToken.issue(project, "x", allowed_networks=text)


def test_x_forwarded_for_is_trusted_only_from_our_proxies(client_for, room, settings):
    client = client_for(allowed_networks="192.0.2.0/24")
    forged = {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}

    settings.PROXIES = 0
    assert client.put(room_url(room), CHANGE, **forged).status_code == 403
    settings.PROXIES = 1
    assert client.put(room_url(room), CHANGE, **forged).status_code == 200
    chain = {"HTTP_X_FORWARDED_FOR": "192.0.2.7, 198.51.100.1"}
    assert client.put(room_url(room), CHANGE, **chain).status_code == 403
    settings.PROXIES = 2
    assert client.put(room_url(room), CHANGE, **chain).status_code == 200


@pytest.mark.parametrize("address", ["", "x", "192.0.2.7:80", "192.0.2", "\x00"])
def test_unparsable_address_is_in_no_network(token, address):
    token.allowed_networks = "192.0.2.0/24"

    assert not token.allows_address(address)


# --- the secret


def test_only_a_digest_of_the_secret_is_stored(token):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apitoken")
        row = " ".join(map(str, cursor.fetchone()))

    assert token.secret[-43:] not in row
    assert hashlib.sha256(token.secret.encode()).hexdigest() in row


def test_token_loaded_from_the_database_has_no_secret(token):
    again = ApiToken.objects.get()

    assert not any(token.secret in str(value) for value in vars(again).values())
    assert token.secret not in f"{again} {again!r}"


def test_secret_is_32_random_bytes(project):
    first, second = (TokenFactory(project=project).secret for _ in range(2))

    assert first != second
    assert len(base64.urlsafe_b64decode(first[16:] + "=")) == 32


def test_token_is_identified_by_its_prefix(token):
    assert token.secret.startswith(f"gr_{token.prefix}_")
    assert str(token) == f"{token.name} (gr_{token.prefix}\u2026)"


# --- last use


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


def test_project_names_are_unique(project):
    with pytest.raises(ValidationError):
        ProjectFactory.build(name=project.name).full_clean()
