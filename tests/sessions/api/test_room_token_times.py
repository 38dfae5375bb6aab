"""Signed room tokens with times that Python or the calendar cannot represent."""

from contextlib import suppress

import pytest

from sessions.tokens.room_tokens import BadToken, read_token
from tests.sessions.api.test_room_token_keys import PROJECT, payload, signed_text

STRANGE = [1e17, -1e17, 1e18, 1e30, 10**400, float("inf"), float("nan"), -62135596801, "x", [], {}]


@pytest.mark.parametrize("claim", ["jf", "ju", "rat"])
def test_time_outside_of_the_calendar_is_refused(claim):
    for value in STRANGE:
        with pytest.raises(BadToken):
            read_token(signed_text(payload(**{claim: value})), PROJECT)


@pytest.mark.parametrize("claim", ["iat", "exp", "nbf"])
def test_other_times_are_refused_or_far_away(claim):
    for value in STRANGE:
        with suppress(BadToken):
            read_token(signed_text(payload(**{claim: value})), PROJECT)
