"""The project's longest life of room tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import Project
from sessions.lifecycle.token_forecast import forecast_of_token
from sessions.tokens.room_tokens import Claims, issue
from tests.factories import RoomFactory
from tests.support.api import ADMISSIONS_URL, TOKENS_URL, faults, nothing_changes
from tests.support.room_tokens import said

HOUR = 3600


@pytest.fixture
def limited(project):
    project.longest_room_token = HOUR
    project.save()
    return project


def life_of(token):
    claims = said(token)
    return claims["exp"] - claims["iat"] if "exp" in claims else None


def test_tokens_have_no_limit_by_default(ask):
    assert life_of(ask()) is None
    assert life_of(ask(expires_in=2**31 - 1)) == 2**31 - 1


@pytest.mark.parametrize(
    ("body", "life"),
    [
        ({}, HOUR),
        ({"expires_in": None}, HOUR),
        ({"expires_in": HOUR}, HOUR),
        ({"expires_in": 5}, 5),
    ],
)
def test_token_lives_as_long_as_the_project_allows(limited, ask, body, life):
    assert life_of(ask(**body)) == life


def test_longer_life_is_refused(limited, api):
    with nothing_changes():
        response = api.post(TOKENS_URL, {"room_name": "standup", "expires_in": HOUR + 1})

    assert faults(response) == [("expires_in", "invalid_parameter")]
    [error] = response.json()["errors"]
    assert error["message"] == "expires_in must be at most 3600 in this project, not 3601."


@pytest.mark.parametrize("value", ["60", "", 1.5, True, [], 2**40])
def test_invalid_life_has_one_error(limited, api, value):
    response = api.post(TOKENS_URL, {"room_name": "standup", "expires_in": value})

    assert [attribute for attribute, _ in faults(response)] == ["expires_in"]


def test_older_tokens_end_when_the_limit_is_set(limited, api):
    room = RoomFactory(project=limited)
    claims = Claims(limited.pk, room.name)
    old = issue(claims, timezone.now() - timedelta(seconds=HOUR))
    young = issue(Claims(limited.pk, room.name), timezone.now() - timedelta(seconds=HOUR - 60))

    with nothing_changes():
        refused = api.post(ADMISSIONS_URL, {"token": old})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "The room token is older than the project allows."
    assert api.post(ADMISSIONS_URL, {"token": young}).status_code == 200

    forecasts = [forecast_of_token(room, token, timezone.now()) for token in (old, young)]
    later = forecast_of_token(room, young, timezone.now() + timedelta(minutes=2))
    assert [found.decision.reason for found in (*forecasts, later)] == [
        "bad_token",
        "open",
        "bad_token",
    ]

    Project.objects.update(longest_room_token=None)
    assert api.post(ADMISSIONS_URL, {"token": old}).status_code == 200
