"""Reading room tokens with the signature keys."""

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rooms.rules.join_policy import Overrides
from sessions.tokens.permissions import PERMISSIONS
from sessions.tokens.room_tokens import Claims, issue, read_token
from sessions.tokens.signatures import BadToken
from tests.support.room_tokens import NEW, OLD

# The key is set once for all examples.
fuzz = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
PROJECT, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.ROOM_TOKEN_KEYS = {"old": OLD}


def now():
    return int(timezone.now().timestamp())


def payload(**changed):
    return {
        "iat": now(),
        "jti": str(UUID(int=3)),
        "sub": str(PROJECT),
        **{"u": None, "ja": "member", "r": "lobby", "s": [], "acr": True, "ma": "all"},
        **{"erp": False, "mta": {}, "rmta": {}, **changed},
    }


def signed(said=None, key=OLD, algorithm="HS512", **header):
    header = {"typ": "VRT", "kid": "old", **header}
    return jwt.encode(payload() if said is None else said, key, algorithm, headers=header)


def signed_text(said):
    """Sign any JSON, also values that PyJWT refuses."""
    text = json.dumps(said).encode()
    return jwt.api_jws.encode(text, OLD, "HS512", headers={"typ": "VRT", "kid": "old"})


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_signed_token_is_read():
    assert read_token(signed(), PROJECT) == Claims(
        id=UUID(int=3), project_id=PROJECT, room_name="lobby", permissions=()
    )


def test_rotated_key_still_verifies_and_the_first_key_signs(settings):
    before = issue(Claims(PROJECT, "lobby"))

    settings.ROOM_TOKEN_KEYS = {"new": NEW, "old": OLD}
    after = issue(Claims(PROJECT, "lobby"))

    assert [jwt.get_unverified_header(token)["kid"] for token in (before, after)] == ["old", "new"]
    assert {read_token(token, PROJECT).room_name for token in (before, after)} == {"lobby"}


def test_removed_key_verifies_nothing(settings):
    token = issue(Claims(PROJECT, "lobby"))
    settings.ROOM_TOKEN_KEYS = {"new": NEW}

    with pytest.raises(BadToken, match="an unknown key"):
        read_token(token, PROJECT)


def test_token_of_another_project_is_refused():
    with pytest.raises(BadToken, match="another project"):
        read_token(signed(), OTHER)


def test_token_overrides_its_rooms_policy():
    said = payload(jf=100, ju=200, rat=300, rse=60)

    ends = [datetime.fromtimestamp(second, UTC) for second in (100, 200, 300)]
    assert read_token(signed(said), PROJECT).overrides == Overrides(*ends, 60)
    assert read_token(signed(), PROJECT).overrides == Overrides()


def test_optional_expiry_is_checked():
    assert read_token(signed(payload(exp=now() + 5)), PROJECT)
    with pytest.raises(BadToken, match="has expired"):
        read_token(signed(payload(exp=now() - 61)), PROJECT)
    with pytest.raises(BadToken, match="has expired"):
        read_token(signed(payload(exp=now())), PROJECT)


def test_expires_in_sets_the_expiry():
    claims, hour = Claims(PROJECT, "lobby", expires_in=3600), timedelta(hours=1)

    assert read_token(issue(claims), PROJECT).id == claims.id
    with pytest.raises(BadToken, match="has expired"):
        read_token(issue(claims, timezone.now() - hour), PROJECT)


def test_clocks_may_differ_by_a_minute():
    assert read_token(signed(payload(iat=now() + 30)), PROJECT)
    with pytest.raises(BadToken, match="in the future"):
        read_token(signed(payload(iat=now() + 3600)), PROJECT)


NOT_OURS = {
    "nothing": "",
    "words": "let me in",
    "two parts": "a.b",
    "four parts": "a.b.c.d",
    "a line more": lambda: signed() + "\n",
    "NUL": lambda: signed() + "\0",
    "half a character": "a.b.\ud800",
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "alg none": lambda: f"{part({'alg': 'none', 'typ': 'VRT', 'kid': 'old'})}.{part(payload())}.",
    "alg none, signed": lambda: (
        f"{part({'alg': 'none', 'typ': 'VRT', 'kid': 'old'})}.{part(payload())}.c2ln"
    ),
    "another algorithm": lambda: signed(algorithm="HS256"),
    "another key": lambda: signed(key=NEW),
    "unknown kid": lambda: signed(kid="older"),
    "kid is a path": lambda: signed(kid="../../dev/null"),
    "kid is a list": lambda: f"{part({'alg': 'HS512', 'typ': 'VRT', 'kid': ['old']})}.e30.c2ln",
    "kid is null": lambda: f"{part({'alg': 'HS512', 'typ': 'VRT', 'kid': None})}.e30.c2ln",
    "another typ": lambda: signed(typ="JWT"),
    "changed by a bit": lambda: signed()[:-1] + ("A" if signed()[-1] != "A" else "B"),
    "another payload": lambda: ".".join(
        [signed().split(".")[0], part(payload(r="vault")), signed().split(".")[2]]
    ),
    "a header that is a list": f"{part([1])}.e30.c2ln",
    "a deep header": base64.urlsafe_b64encode(b"[" * 50_000).decode().rstrip("=") + ".e30.c2ln",
    "crit": lambda: signed(crit=["exp"]),
    "b64 false": lambda: f"{part({'alg': 'HS512', 'typ': 'VRT', 'kid': 'old', 'b64': False})}.a.b",
    "no jti": lambda: signed({k: v for k, v in payload().items() if k != "jti"}),
    "no sub": lambda: signed({k: v for k, v in payload().items() if k != "sub"}),
    "no iat": lambda: signed({k: v for k, v in payload().items() if k != "iat"}),
    "a list": lambda: jwt.api_jws.encode(b"[]", OLD, "HS512", headers={"typ": "VRT", "kid": "old"}),
}


@pytest.mark.parametrize("text", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_forged_token_is_refused(text):
    with pytest.raises(BadToken) as refused:
        read_token(text() if callable(text) else text, PROJECT)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "changed",
    [
        {"r": ""}, {"r": None}, {"r": 5}, {"u": 5}, {"ja": "host"}, {"s": ["room.fly"]}, {"s": 5},
        {"acr": 1}, {"ma": "x"}, {"mta": []}, {"jti": "x"}, {"jf": "soon"}, {"jf": 1e300},
        {"jf": -1}, {"ju": None}, {"rse": 0}, {"rat": 253402300800}, {"erl": "yes"}, {"rdn": "\0"},
        {"jf": 100, "ju": 100}, {"jam": 1}, {"jvm": "no"}, {"sav": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_signed_token_with_invalid_claims_is_refused(changed):
    with pytest.raises(BadToken, match=r"invalid contents|invalid signature"):
        read_token(signed(payload(**changed)), PROJECT)


@fuzz
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){2}", fullmatch=True))
def test_random_text_is_refused(text):
    with pytest.raises(BadToken):
        read_token(text, PROJECT)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    [*payload(), "jf", "ju", "rat", "rse", "rdn", "erl", "jam", "jvm", "sav", "exp", "nbf", "aud"]
)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_infinite_times_are_refused(name):
    with pytest.raises(BadToken):
        read_token(signed_text(payload(**{name: float("inf")})), PROJECT)


@fuzz
@given(st.dictionaries(names, json_values, max_size=4))
def test_any_signed_json_is_read_or_refused(changed):
    token = signed_text(payload(**changed))

    with contextlib.suppress(BadToken):
        claims = read_token(token, PROJECT)
        assert issue(claims)
        assert set(claims.permissions) <= set(PERMISSIONS)
        assert isinstance(claims.meta, dict)
