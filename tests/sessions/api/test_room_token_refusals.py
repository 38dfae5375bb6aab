"""POST /room_tokens: invalid and unknown terms are refused."""

import pytest

from rooms.models import Room
from rooms.rules.constraints import rule_of
from sessions.tokens.permissions import PERMISSIONS
from sessions.tokens.room_tokens import LONGEST_BYTES
from sessions.tokens.terms import OVERRIDABLE, TokenTerms
from tests.support.api import TOKENS_URL, faults, messages, nothing_changes
from tests.support.room_tokens import EVERYTHING
from tests.support.tables import each

BAD = {
    "room_name": [None, "", " ", "a b", "é", "a" * 101, 5, True, [], "a\n", "a\0", "\ud800"],
    "user_name": ["\u200b", "a" * 101, "a\0b", "a\nb", "\u202e", "\ud800", 5, [], {}],
    "permissions": ["room.lock", ["room.fly"], [5], [None], [["room.lock"]], {}, 5, ["\ud800"]],
    "join_from": ["", "tomorrow", "2030-01-01T00:00:00", 1893456000, True, "1969-12-31", []],
    "join_until": ["", "2030-13-01", 5, {}, "3000-01-01"],
    "remove_at": ["", "20300101", 5, "2030-01-01T00:00:00Z "],
    "remove_after_seconds_elapsed": [0, -1, 2**31, 1.5, "60", True, "", []],
    "join_audio_muted": [None, "true", 1, 0, [], ""],
    "join_video_muted": [None, "no", 0, {}],
    "sync_audio_video": ["true", 1, [], ""],
    "expires_in": [0, -1, 2**31, 1.5, "60", True, "", []],
    "join_as": [None, "", "MEMBER", "host", 5, ["member"]],
    "media_allowed": [None, "", "video", True, {}],
    "auto_create_room": [None, "true", 1, 0, [], ""],
    "enable_room_previews": [None, "yes", 1],
    "room_display_name": ["\u200b", "a" * 201, "a\0", 5, "\u202e"],
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
    "join_audio_muted": {None: "not_a_boolean"},
    "join_video_muted": {None: "not_a_boolean"},
    "sync_audio_video": {None: "not_a_boolean"},
    "expires_in": {int: "invalid_parameter", float: "invalid_parameter", None: "not_an_integer"},
    "join_as": {None: "invalid_parameter"},
    "media_allowed": {None: "invalid_parameter"},
    "auto_create_room": {None: "not_a_boolean"},
    "enable_room_previews": {None: "not_a_boolean"},
    "room_display_name": {str: "invalid_parameter", None: "not_a_string"},
    "end_room_session_on_leave": {None: "not_a_boolean"},
    "meta": {None: "not_a_hash", "long": "invalid_parameter"},
    "room_meta": {None: "not_a_hash", "long": "invalid_parameter"},
}


@each(
    ("name", "value"),
    [(name, value) for name, values in BAD.items() for value in values],
    ids=lambda row: ascii(row)[:80],
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


def test_unknown_fields_are_refused_in_strict_mode(api):
    body = {"room_name": "standup", "colour": "red", "id": 5, "jti": "x"}

    response = api.post(TOKENS_URL, body, HTTP_PREFER="handling=strict")

    assert faults(response) == [(name, "unknown_parameter") for name in ("colour", "id", "jti")]
    fine = api.post(TOKENS_URL, EVERYTHING, HTTP_PREFER="handling=strict")
    assert fine["Preference-Applied"] == "handling=strict"


def test_empty_body_is_refused(api):
    assert api.post(TOKENS_URL, "", content_type="application/json").status_code == 400
    assert faults(api.post(TOKENS_URL, {})) == [("room_name", "missing_required_parameter")]


@pytest.mark.parametrize("name", ["meta", "room_meta"])
def test_token_over_the_size_limit_is_refused_when_it_is_issued(api, name):
    body = {"room_name": "standup", "meta": {"a": "x" * 900}, "room_meta": {"a": "x" * 900}}
    body |= {"permissions": list(PERMISSIONS), name: {"a": "x" * 1900}}

    with nothing_changes():
        response = api.post(TOKENS_URL, body)

    assert faults(response) == [(name, "invalid_parameter")]
    assert f"it may have {LONGEST_BYTES}" in messages(response)[name]
