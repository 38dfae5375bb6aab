"""Authentication: Basic and Bearer credentials, and every kind of refusal."""

import base64

import pytest
from django.core.exceptions import ValidationError

from tests.factories import ProjectFactory, TokenFactory
from tests.support.api import basic


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
    is_refused("Bearer " + "x" * 8_000)
    is_refused("Basic " + b64(f"{token.project_id}:{token.secret}" + "x" * 5_000))


def test_token_of_another_project_is_refused(is_refused, project):
    is_refused(basic(project.pk, TokenFactory().secret))


def test_token_outside_of_the_header_is_ignored(is_refused, token, room):
    is_refused(QUERY_STRING=f"access_token={token.secret}&token={token.secret}")
    is_refused(HTTP_COOKIE=f"token={token.secret}")
    is_refused(HTTP_X_API_KEY=token.secret)


def test_project_names_are_unique(project):
    with pytest.raises(ValidationError):
        ProjectFactory.build(name=project.name).full_clean()
