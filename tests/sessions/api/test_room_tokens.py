"""POST /room_tokens: the accepted fields, and the claims of the token."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from django.utils import timezone
from signalwire.rest.namespaces import video_types_generated

from rooms.models import Room
from rooms.rules.constraints import rule_of
from sessions.tokens.permissions import DEFAULT_PERMISSIONS, PERMISSIONS
from sessions.tokens.room_tokens import Claims, issue, read_token
from sessions.tokens.terms import OVERRIDABLE, TokenTerms
from tests.support.api import TOKENS_URL, faults, messages, nothing_changes

EVERYTHING = {
    "room_name": "standup",
    "user_name": "Ada",
    "permissions": ["room.set_layout", "room.self.audio_mute"],
    "join_from": "2030-01-01T00:00:00Z",
    "join_until": "2030-01-01T02:00:00+01:00",
    "remove_at": "2030-01-02",
    "remove_after_seconds_elapsed": 60,
    "join_as": "member",
    "media_allowed": "audio-only",
    "auto_create_room": False,
    "enable_room_previews": True,
    "room_display_name": "Stand-up",
    "end_room_session_on_leave": True,
    "meta": {"seat": 4},
    "room_meta": {"team": "platform"},
}


@pytest.fixture
def ask(api):
    def ask(**body):
        response = api.post(TOKENS_URL, {"room_name": "standup", **body})
        assert response.status_code == 200, response.content
        assert list(response.json()) == ["token"]
        return response.json()["token"]

    return ask


def said(token):
    return jwt.decode(token, options={"verify_signature": False})


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
        "end_room_session_on_leave": "true",
        **{name: json.dumps(EVERYTHING[name]) for name in ("permissions", "meta", "room_meta")},
    }

    by_form = said(api.post_form(TOKENS_URL, fields).json()["token"])
    by_json = said(api.post(TOKENS_URL, EVERYTHING).json()["token"])

    for name in ("jti", "iat"):
        by_form.pop(name), by_json.pop(name)
    assert by_form == by_json


@pytest.mark.parametrize("fields", [{"user_name": ""}, {"permissions": ""}, {"meta": ""}])
def test_empty_form_field_means_null(api, fields):
    response = api.post_form(TOKENS_URL, {"room_name": "standup", **fields})

    claims = said(response.json()["token"])
    assert (claims["u"], claims["s"], claims["mta"]) == (None, list(DEFAULT_PERMISSIONS), {})


@pytest.mark.parametrize(
    "name",
    ["user_name", "permissions", *OVERRIDABLE, "room_display_name", "meta", "room_meta"],
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


BAD = {
    "room_name": [None, "", " ", "a b", "é", "a" * 101, 5, True, [], "a\n", "a\0", "\ud800"],
    "user_name": ["", " ", "\u200b", "a" * 101, "a\0b", "a\nb", "\u202e", "\ud800", 5, [], {}],
    "permissions": ["room.lock", ["room.fly"], [5], [None], [["room.lock"]], {}, 5, ["\ud800"]],
    "join_from": ["", "tomorrow", "2030-01-01T00:00:00", 1893456000, True, "1969-12-31", []],
    "join_until": ["", "2030-13-01", 5, {}, "3000-01-01"],
    "remove_at": ["", "20300101", 5, "2030-01-01T00:00:00Z "],
    "remove_after_seconds_elapsed": [0, -1, 2**31, 1.5, "60", True, "", []],
    "join_as": [None, "", "MEMBER", "host", 5, ["member"]],
    "media_allowed": [None, "", "video", True, {}],
    "auto_create_room": [None, "true", 1, 0, [], ""],
    "enable_room_previews": [None, "yes", 1],
    "room_display_name": ["", " ", "a" * 201, "a\0", 5, "\u202e"],
    "end_room_session_on_leave": [None, "no", 0],
    "meta": ["{}", [], 5, {"a": "x" * 2000}, {"a": "\0"}, {"\ud800": 1}],
    "room_meta": ["{}", [], True, {"a": "é" * 2000}],
}
CODES = {
    "room_name": {str: "invalid_parameter", None: "not_a_string"},
    "user_name": {str: "invalid_parameter", None: "not_a_string"},
    "permissions": {None: "invalid_parameter"},
    "join_from": {None: "not_a_datetime"},
    "join_until": {None: "not_a_datetime"},
    "remove_at": {None: "not_a_datetime"},
    "remove_after_seconds_elapsed": {
        int: "invalid_parameter",
        float: "invalid_parameter",
        None: "not_an_integer",
    },
    "join_as": {None: "invalid_parameter"},
    "media_allowed": {None: "invalid_parameter"},
    "auto_create_room": {None: "not_a_boolean"},
    "enable_room_previews": {None: "not_a_boolean"},
    "room_display_name": {str: "invalid_parameter", None: "not_a_string"},
    "end_room_session_on_leave": {None: "not_a_boolean"},
    "meta": {None: "not_a_hash", "long": "invalid_parameter"},
    "room_meta": {None: "not_a_hash", "long": "invalid_parameter"},
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD.items() for value in values],
    ids=lambda part: ascii(part)[:30],
)
def test_invalid_terms_are_refused(api, name, value):
    codes = CODES[name]
    is_long = "long" in codes and isinstance(value, dict) and len(str(value)) > 2000
    code = codes["long"] if is_long else codes.get(type(value), codes[None])

    with nothing_changes():
        response = api.post(TOKENS_URL, {"room_name": "standup", name: value})

    assert faults(response) == [(name, code)]
    assert messages(response)[name].startswith(f"{name} must ")


def test_every_term_has_a_bad_value():
    assert set(BAD) == set(EVERYTHING)


def test_all_errors_are_reported_together(api):
    response = api.post(TOKENS_URL, {"user_name": 5, "join_as": "host", "meta": []})

    assert sorted(faults(response)) == [
        ("join_as", "invalid_parameter"),
        ("meta", "not_a_hash"),
        ("room_name", "missing_required_parameter"),
        ("user_name", "not_a_string"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [("join_until", "invalid_join_until_date"), ("remove_at", "invalid_parameter")],
)
def test_reversed_window_is_refused(api, name, code):
    body = {"room_name": "standup", "join_from": "2030-01-01", name: "2030-01-01"}

    assert faults(api.post(TOKENS_URL, body)) == [(name, code)]


def test_message_names_the_unknown_permission(api):
    body = {"room_name": "standup", "permissions": ["room.lock", "room.fly"]}

    assert messages(api.post(TOKENS_URL, body)) == {
        "permissions": "permissions must be a list of permissions such as "
        'room.self.audio_mute, not "room.fly".'
    }


@pytest.mark.parametrize(
    ("ours", "the_rooms"),
    [("room_name", "name"), ("room_display_name", "display_name"), ("meta", "meta")]
    + [(name, name) for name in OVERRIDABLE],
)
def test_token_limits_equal_the_rooms_limits(ours, the_rooms):
    token_rule, room_rule = rule_of(TokenTerms, ours), rule_of(Room, the_rooms)

    assert type(token_rule) is type(room_rule)
    assert token_rule.requirement() == room_rule.requirement()


def test_unknown_fields_of_real_clients_are_ignored(ask):
    claims = said(ask(join_audio_muted=True, colour="red"))

    assert "join_audio_muted" not in claims


def test_unknown_fields_are_refused_in_strict_mode(api):
    body = {"room_name": "standup", "join_audio_muted": True, "id": 5, "jti": "x"}

    response = api.post(TOKENS_URL, body, HTTP_PREFER="handling=strict")

    assert faults(response) == [
        (name, "unknown_parameter") for name in ("join_audio_muted", "id", "jti")
    ]
    fine = api.post(TOKENS_URL, {"room_name": "standup"}, HTTP_PREFER="handling=strict")
    assert fine["Preference-Applied"] == "handling=strict"


def test_empty_body_is_refused(api):
    assert api.post(TOKENS_URL, "", content_type="application/json").status_code == 400
    assert faults(api.post(TOKENS_URL, {})) == [("room_name", "missing_required_parameter")]


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
        auto_create_room=False,
        enable_room_previews=True,
        room_display_name="Stand-up",
        end_room_session_on_leave=True,
        meta={"seat": 4},
        room_meta={"team": "platform"},
    )


def test_longest_token_is_read_back(ask, project):
    document = {"a": "\U0001f600" * 1992}

    token = ask(
        user_name="\U0001f600" * 100, room_name="r" * 100, room_display_name="é" * 200,
        permissions=list(PERMISSIONS), meta=document, room_meta=document,
    )  # fmt: skip

    assert read_token(token, project.pk).meta == document


def test_issued_claims_are_read_back():
    claims = Claims(project_id=UUID(int=7), room_name="lobby")

    assert read_token(issue(claims), claims.project_id) == claims
