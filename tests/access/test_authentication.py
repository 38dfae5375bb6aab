"""Who calls: Basic and Bearer, and every way not to."""

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
    """Change the room with a given Authorization."""

    def send(authorization=None, **extra):
        if authorization is not None:
            extra["HTTP_AUTHORIZATION"] = authorization
        return ApiClient().put(room_url(room), CHANGE, **extra)

    return send


@pytest.fixture
def is_refused(put):
    """Check that an Authorization is answered as any other wrong one."""

    def check(*args, **extra):
        with nothing_changes():
            response = put(*args, **extra)
        assert response.status_code == 401
        assert response.json() == {"error": "Unauthorized"}
        assert response.headers["WWW-Authenticate"].startswith("Basic ")

    return check


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def test_basic_takes_the_project_and_the_token(put, token):
    assert put(basic(token.project_id, token.secret)).status_code == 200


def test_bearer_takes_the_token_alone(put, token):
    assert put(f"Bearer {token.secret}").status_code == 200


@pytest.mark.parametrize("kind", ["basic", "BASIC", "bearer", "BEARER"])
def test_the_name_of_a_scheme_has_no_case(put, token, kind):
    credentials = b64(f"{token.project_id}:{token.secret}")

    secret = token.secret if kind.lower() == "bearer" else credentials
    assert put(f"{kind} {secret}").status_code == 200


def test_a_project_id_has_no_case(put, token):
    assert put(basic(str(token.project_id).upper(), token.secret)).status_code == 200


def test_nothing_is_not_enough(is_refused):
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
def test_another_form_is_refused(is_refused, token, form):
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
def test_other_credentials_are_refused(is_refused, token, text):
    project = token.project_id
    is_refused("Basic " + b64(text.format(secret=token.secret, project=project, hex=project.hex)))


def test_credentials_that_are_not_utf_8_are_refused(is_refused):
    is_refused("Basic " + b64(b"\xff\xfe:\xff"))


def test_credentials_without_end_are_refused(is_refused, token):
    is_refused("Bearer " + "x" * 100_000)
    is_refused("Basic " + b64(f"{token.project_id}:{token.secret}" + "x" * 10_000))


def test_the_token_of_another_project_is_refused_with_this_ones_id(is_refused, project):
    is_refused(basic(project.pk, TokenFactory().secret))


def test_a_token_elsewhere_than_in_the_header_is_not_looked_at(is_refused, token, room):
    is_refused(QUERY_STRING=f"access_token={token.secret}&token={token.secret}")
    is_refused(HTTP_COOKIE=f"token={token.secret}")
    is_refused(HTTP_X_API_KEY=token.secret)


def test_an_expired_token_is_refused(is_refused, project):
    is_refused(f"Bearer {TokenFactory(project=project, expired=True).secret}")


def test_a_token_works_until_the_moment_it_expires(token):
    now = timezone.now()
    token.expires_at = now

    assert not token.works(now)
    assert token.works(now - timedelta(microseconds=1))


def test_a_revoked_token_is_refused_at_once(put, is_refused, token):
    assert put(f"Bearer {token.secret}").status_code == 200

    token.revoke()

    is_refused(f"Bearer {token.secret}")


def test_revoking_again_keeps_the_first_moment(token):
    token.revoke()
    first = ApiToken.objects.get().revoked_at
    token.revoke()

    assert ApiToken.objects.get().revoked_at == first


def test_tokens_of_a_project_that_is_off_are_refused(is_refused, token, project):
    project.is_active = False
    project.save()

    is_refused(f"Bearer {token.secret}")


def test_a_deleted_token_is_refused(is_refused, token):
    token.delete()

    is_refused(f"Bearer {token.secret}")


# --- scopes and networks


@pytest.mark.parametrize("scopes", [[], ["Video"], ["videos"], ["audio"]])
def test_a_token_without_the_scope_video_is_forbidden(room, token, scopes):
    ApiToken.objects.filter(pk=token.pk).update(scopes=scopes)

    with nothing_changes():
        response = client_of(token).put(room_url(room), CHANGE)

    assert response.status_code == 403
    assert response.json() == {"error": "Forbidden"}


@pytest.mark.parametrize("scopes", ["video", {"video": 1}, ["audio"], [["video"]], [1]])
def test_scopes_that_are_not_known_are_never_issued(project, scopes):
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
def test_a_token_works_from_its_networks_alone(client_for, room, networks, status):
    client = client_for(allowed_networks=networks)

    assert client.put(room_url(room), CHANGE).status_code == status


@pytest.mark.parametrize("text", ["x", "127.0.0.1/33", "127.0.0.1/8", "1.2.3", "127.0.0.1,::1"])
def test_networks_that_cannot_be_are_never_issued(project, text):
    with pytest.raises(ValidationError):
        ApiToken.issue(project, "x", allowed_networks=text)


def test_a_forwarded_address_is_believed_only_from_our_own_proxies(client_for, room, settings):
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
def test_an_address_that_cannot_be_read_is_in_no_network(token, address):
    token.allowed_networks = "192.0.2.0/24"

    assert not token.allows_address(address)


# --- the secret


def test_only_a_digest_of_the_secret_is_kept(token):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apitoken")
        row = " ".join(map(str, cursor.fetchone()))

    assert token.secret[-43:] not in row
    assert hashlib.sha256(token.secret.encode()).hexdigest() in row


def test_a_token_read_again_does_not_know_its_secret(token):
    again = ApiToken.objects.get()

    assert not any(token.secret in str(value) for value in vars(again).values())
    assert token.secret not in f"{again} {again!r}"


def test_a_secret_is_32_random_bytes(project):
    first, second = (TokenFactory(project=project).secret for _ in range(2))

    assert first != second
    assert len(base64.urlsafe_b64decode(first[16:] + "=")) == 32


def test_a_token_is_told_by_its_prefix(token):
    assert token.secret.startswith(f"gr_{token.prefix}_")
    assert str(token) == f"{token.name} (gr_{token.prefix}\u2026)"


# --- when it was last used


@pytest.mark.parametrize(
    ("ago", "moves"),
    [(None, True), (timedelta(seconds=61), True), (timedelta(seconds=55), False)],
)
def test_the_last_use_is_noted_at_most_once_a_minute(put, token, ago, moves):
    before = timezone.now() - ago if ago else None
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=before)

    put(f"Bearer {token.secret}")

    after = ApiToken.objects.get().last_used_at
    assert (after != before) is moves
    assert not moves or timezone.now() - after < timedelta(seconds=30)


@pytest.mark.parametrize("trait", ["expired", "revoked"])
def test_a_refused_use_is_not_noted(put, project, trait):
    token = TokenFactory(project=project, last_used_at=None, **{trait: True})

    put(f"Bearer {token.secret}")

    assert ApiToken.objects.get(pk=token.pk).last_used_at is None


def test_two_projects_of_one_name_cannot_be(project):
    with pytest.raises(ValidationError):
        ProjectFactory.build(name=project.name).full_clean()
