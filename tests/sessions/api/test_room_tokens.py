"""POST /room_tokens: the accepted fields, and the claims of the token."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from signalwire.rest.namespaces import video_types_generated

from sessions.tokens.permissions import DEFAULT_PERMISSIONS, PERMISSIONS
from sessions.tokens.room_tokens import LONGEST_BYTES, Claims, issue, read_token
from sessions.tokens.terms import OVERRIDABLE
from tests.support.api import TOKENS_URL, nothing_changes
from tests.support.room_tokens import EVERYTHING, said


def test_token_has_the_claims_of_the_contract(ask, project, settings):
    before = int(timezone.now().timestamp())

    token = ask(user_name="Ada")

    (key_id, key), *_ = settings.ROOM_TOKEN_KEYS.items()
    assert jwt.get_unverified_header(token) == {"alg": "HS512", "typ": "VRT", "kid": key_id}
    claims = jwt.decode(token, key, algorithms=["HS512"])
    assert list(claims) == [
        *("iat", "jti", "sub", "u", "ja", "r", "s", "acr", "ma", "erp", "mta", "rmta"),
    ]
    assert before <= claims.pop("iat") <= timezone.now().timestamp()
    assert UUID(claims.pop("jti"))
    assert claims == {
        "sub": str(project.pk),
        "u": "Ada",
        "ja": "member",
        "r": "standup",
        "s": list(DEFAULT_PERMISSIONS),
        "acr": True,
        "ma": "all",
        "erp": False,
        "mta": {},
        "rmta": {},
    }


def test_token_contains_every_requested_term(ask):
    claims = said(ask(**EVERYTHING))

    moment = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())
    assert {name: claims[name] for name in claims if name not in ("iat", "jti", "sub")} == {
        "u": "Ada",
        "ja": "member",
        "r": "standup",
        "s": ["room.set_layout", "room.self.audio_mute"],
        "acr": False,
        "ma": "audio-only",
        "erp": True,
        "mta": {"seat": 4},
        "rmta": {"team": "platform"},
        "jf": moment,
        "ju": moment + 3600,
        "rat": moment + 24 * 3600,
        "rse": 60,
        "jam": True,
        "jvm": True,
        "sav": False,
        "exp": claims["iat"] + 3600,
        "rdn": "Stand-up",
        "erl": True,
    }


def test_every_token_has_its_own_id(ask):
    assert said(ask())["jti"] != said(ask())["jti"]


def test_tokens_are_not_stored(ask):
    with nothing_changes():
        ask(**EVERYTHING)


def test_form_body_makes_the_same_token(api):
    fields = {
        **EVERYTHING,
        "auto_create_room": "false",
        "enable_room_previews": "1",
        **dict.fromkeys(("end_room_session_on_leave", "join_audio_muted"), "true"),
        "join_video_muted": "1",
        "sync_audio_video": "0",
        **{name: json.dumps(EVERYTHING[name]) for name in ("permissions", "meta", "room_meta")},
    }

    by_form = said(api.post_form(TOKENS_URL, fields).json()["token"])
    by_json = said(api.post(TOKENS_URL, EVERYTHING).json()["token"])

    for name in ("jti", "iat", "exp"):
        by_form.pop(name), by_json.pop(name)
    assert by_form == by_json


@pytest.mark.parametrize("fields", [{"user_name": ""}, {"permissions": ""}, {"meta": ""}])
def test_empty_form_field_means_null(api, fields):
    response = api.post_form(TOKENS_URL, {"room_name": "standup", **fields})

    claims = said(response.json()["token"])
    assert (claims["u"], claims["s"], claims["mta"]) == (None, list(DEFAULT_PERMISSIONS), {})


@pytest.mark.parametrize(
    "name",
    [
        *("user_name", "permissions", *OVERRIDABLE, "sync_audio_video", "expires_in"),
        *("room_display_name", "meta", "room_meta"),
    ],
)
def test_null_equals_a_missing_field(ask, name):
    with_null, without = said(ask(**{name: None})), said(ask())

    for claim in ("jti", "iat"):
        with_null.pop(claim), without.pop(claim)
    assert with_null == without


def test_audience_has_no_permissions(ask):
    assert said(ask(join_as="audience", permissions=["room.recording"]))["s"] == []
    assert said(ask(join_as="audience"))["s"] == []


def test_every_permission_of_the_reference_is_accepted(ask):
    assert said(ask(permissions=list(PERMISSIONS)))["s"] == list(PERMISSIONS)
    assert said(ask(permissions=[]))["s"] == []


def test_repeated_permission_counts_once(ask):
    assert said(ask(permissions=["room.lock", "room.lock"]))["s"] == ["room.lock"]


def test_permissions_equal_the_clients_list():
    theirs = set(re.findall(r"'(room\.[a-z_.]+)'", video_types_generated.RoomTokenPermission))

    assert len(theirs) == 44
    assert set(PERMISSIONS) - theirs == {"room.stream.start"}
    assert theirs <= set(PERMISSIONS)
    assert set(DEFAULT_PERMISSIONS) <= set(PERMISSIONS)


def test_unknown_fields_of_real_clients_are_ignored(ask):
    claims = said(ask(colour="red"))

    assert "red" not in claims.values()


def test_requested_terms_are_read_back(ask, project):
    claims = read_token(ask(**EVERYTHING), project.pk)

    start = datetime(2030, 1, 1, tzinfo=UTC)
    assert claims == Claims(
        id=claims.id,
        project_id=project.pk,
        room_name="standup",
        user_name="Ada",
        permissions=("room.set_layout", "room.self.audio_mute"),
        join_as="member",
        media_allowed="audio-only",
        join_from=start,
        join_until=start + timedelta(hours=1),
        remove_at=start + timedelta(days=1),
        remove_after_seconds_elapsed=60,
        join_audio_muted=True,
        join_video_muted=True,
        sync_audio_video=False,
        auto_create_room=False,
        enable_room_previews=True,
        room_display_name="Stand-up",
        end_room_session_on_leave=True,
        meta={"seat": 4},
        room_meta={"team": "platform"},
    )


@pytest.mark.parametrize("character", ["x", "é", "\U0001f600"])
def test_size_limit_counts_the_bytes_of_the_token(character):
    sizes = [len(issue(claims)) for claims in _growing(character)]

    assert LONGEST_BYTES - 16 < max(sizes) <= LONGEST_BYTES


def _growing(character):
    """Yield claims with longer and longer meta, until their token is refused."""
    for length in range(4000):
        claims = Claims(UUID(int=7), "lobby", meta={"a": character * length})
        try:
            issue(claims)
        except ValidationError:
            return
        yield claims


def test_issued_claims_are_read_back():
    claims = Claims(project_id=UUID(int=7), room_name="lobby")

    assert read_token(issue(claims), claims.project_id) == claims
